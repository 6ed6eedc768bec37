/** IdentityProvider: the port to a third party by whom somebody signs in. */

export const PROVIDERS = ['oidc', 'qq', 'wechat', 'github'] as const;
export type ProviderKind = (typeof PROVIDERS)[number];

/** One way there and back; what of it is secret stays in the browser's sealed cookie. */
export interface FederationAttempt {
  /** Where the third party sends the browser back to. */
  redirectUri: string;
  /** At most 64 letters, digits, "-" and "_". */
  state: string;
  nonce: string;
  /** RFC 7636; for providers that know PKCE. */
  verifier: string;
}

/** Who somebody is at the third party. */
export interface ProvedIdentity {
  /** Never given to anybody else there; says by which application or issuer it counts. */
  subject: string;
  /** The same person across all applications of one operator, where the provider tells it. */
  union: string | null;
  /** What its owner knows it by, as the third party says it: anything of any length. */
  nickname: string | null;
}

export interface IdentityProvider {
  readonly kind: ProviderKind;
  /** True when a local stand-in answers; shown wherever it is offered. */
  readonly sandbox: boolean;
  /** Where the browser goes. Throws ProviderError. */
  authorizeUrl(attempt: FederationAttempt): Promise<string>;
  /** `answer`: the query that came back, whose state was compared already. Throws ProviderError. */
  identify(attempt: FederationAttempt, answer: URLSearchParams): Promise<ProvedIdentity>;
}

/**
 * `denied`: whoever was asked said no. `refused`: what came is no proof (F60). `unavailable`: the third party couldn't be
 * asked, or answered with an error of its own. The message holds no code, token or identity.
 */
export class ProviderError extends Error {
  readonly kind: 'denied' | 'refused' | 'unavailable';
  constructor(kind: ProviderError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

declare module '#kernel/house.ts' {
  interface Ports {
    /** Those that a brand offers, in the order of its file. */
    identityProviders: (brand: string) => readonly IdentityProvider[];
  }
}
