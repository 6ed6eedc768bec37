import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  ResponseBodyError,
  type ServerMetadata,
} from 'openid-client';
import { type FederationAttempt, type IdentityProvider, ProviderError } from '#modules/federation/driver.ts';

export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  sandbox: boolean;
  /** How long what the issuer says of itself is believed. Default 10 minutes. */
  discoveryMs?: number;
}

const DISCOVERY_MS = 10 * 60_000;
const TIMEOUT_S = 10;

/**
 * IdentityProvider over OpenID Connect Core 1.0 by openid-client: discovery, authorization code with PKCE (S256), state
 * and nonce; issuer, audience, time and signature of the ID token are checked. The issuer's keys are read anew for each
 * sign-in, so that one it has rotated to is known and one it has withdrawn counts no more. Throws Error when the issuer
 * would be asked unencrypted.
 */
export function oidcIdentity(config: OidcConfig): IdentityProvider {
  const issuer = new URL(config.issuer);
  if (issuer.protocol !== 'https:' && !config.sandbox) throw new Error('an issuer is only asked over https');
  let known: { metadata: ServerMetadata; until: number } | null = null;

  const configured = (metadata: ServerMetadata) => {
    const made = new Configuration(metadata, config.clientId, {}, ClientSecretBasic(config.clientSecret));
    made.timeout = TIMEOUT_S;
    enableNonRepudiationChecks(made);
    if (config.sandbox) allowInsecureRequests(made);
    return made;
  };
  const current = async () => {
    if (known && known.until > performance.now()) return configured(known.metadata);
    const execute = config.sandbox ? [allowInsecureRequests] : [];
    const found = await discovery(issuer, config.clientId, {}, ClientSecretBasic(config.clientSecret), {
      execute,
      timeout: TIMEOUT_S,
    });
    const metadata = { ...found.serverMetadata() };
    known = { metadata, until: performance.now() + (config.discoveryMs ?? DISCOVERY_MS) };
    return configured(metadata);
  };

  return {
    kind: 'oidc',
    sandbox: config.sandbox,
    async authorizeUrl({ redirectUri, state, nonce, verifier }) {
      const client = await told(current);
      const url = buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    async identify(attempt, answer) {
      const client = await told(current);
      const claims = await told(() => claimsOf(client, attempt, answer));
      const { iss, sub } = claims;
      const name = claims.preferred_username ?? claims.name;
      return { subject: `${iss} ${sub}`, union: null, nickname: typeof name === 'string' ? name : null };
    },
  };
}

async function claimsOf(client: Configuration, attempt: FederationAttempt, answer: URLSearchParams) {
  const came = new URL(attempt.redirectUri);
  came.search = answer.toString();
  const tokens = await authorizationCodeGrant(client, came, {
    pkceCodeVerifier: attempt.verifier,
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new ProviderError('refused', 'no ID token came');
  return claims;
}

/** openid-client's errors as the port's; their codes say which check failed and quote nothing. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    if (error instanceof AuthorizationResponseError)
      throw new ProviderError(
        error.error === 'access_denied' ? 'denied' : 'refused',
        'the issuer sent an error',
      );
    if (error instanceof ResponseBodyError)
      throw new ProviderError(error.status >= 500 ? 'unavailable' : 'refused', 'the issuer refused the code');
    throw new ProviderError(isNetwork(error) ? 'unavailable' : 'refused', codeOf(error));
  }
}

const NETWORK = /^(OAUTH_TIMEOUT|OAUTH_RESPONSE_IS_NOT_CONFORM|OAUTH_RESPONSE_IS_NOT_JSON)$/;

function isNetwork(error: unknown): boolean {
  const { name } = error as Error;
  return (
    name === 'TypeError' || name === 'TimeoutError' || name === 'AbortError' || NETWORK.test(codeOf(error))
  );
}

function codeOf(error: unknown): string {
  const { code, name } = error as Error & { code?: unknown };
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : name;
}
