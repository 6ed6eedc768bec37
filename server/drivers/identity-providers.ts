import type { Brand } from '#kernel/brands.ts';
import type { Config } from '#kernel/config.ts';
import type { IdentityProvider, ProviderKind } from '#modules/federation/driver.ts';
import { githubIdentity } from './oauth/github.ts';
import { qqIdentity } from './oauth/qq.ts';
import { type OauthSandbox, oauthSandbox, type SandboxClient } from './oauth/sandbox.ts';
import { wechatIdentity } from './oauth/wechat.ts';
import { oidcIdentity } from './oidc/identity.ts';
import { type OidcSandbox, oidcSandbox } from './oidc/sandbox.ts';
import type { StandIn } from './payment-channels.ts';

export interface IdentityProviders {
  of: (brand: string) => readonly IdentityProvider[];
  standIns: StandIn[];
  sandboxes: { oidc: OidcSandbox; qq: OauthSandbox; wechat: OauthSandbox; github: OauthSandbox } | null;
}

export interface ProvidersAsked {
  config: Pick<Config, 'production' | 'publicUrl' | 'signIn'>;
  brands: { all: readonly Brand[]; url: (brand: Brand, publicUrl: string) => string };
}

interface Keys {
  id: string;
  secret: string;
  issuer: string | null;
}

/**
 * What each brand names in its file and has an id and a secret for in the environment; where there are none a stand-in
 * answers, in production nothing (the provider isn't offered).
 */
export async function openIdentityProviders(asked: ProvidersAsked): Promise<IdentityProviders> {
  const { config, brands } = asked;
  const sandboxes = config.production ? null : await openSandboxes(asked);
  const made = new Map<string, IdentityProvider>();
  const of = (id: string): readonly IdentityProvider[] => {
    const brand = brands.all.find((each) => each.id === id);
    return (brand?.sign_in ?? []).flatMap((kind) => {
      const name = `${id}:${kind}`;
      const known = made.get(name);
      if (known) return [known];
      const keys = keysOf(config.signIn, id, kind);
      const provider = keys ? real(kind, keys) : sandboxes ? local(kind, id, config.publicUrl) : null;
      if (provider) made.set(name, provider);
      return provider ? [provider] : [];
    });
  };
  // Each that is configured is made now: a wrong address stops the start, not the first sign-in.
  for (const { id } of brands.all) of(id);
  const standIns = Object.entries(sandboxes ?? {}).map(([kind, plugin]) => ({
    prefix: `/sandbox/${kind}`,
    plugin,
  }));
  return { of, standIns, sandboxes };
}

/** CLOUDPACT_SIGN_IN_<BRAND>_<PROVIDER>_ID and _SECRET, for OpenID Connect _ISSUER too. */
export function keysOf(
  env: Readonly<Record<string, string>>,
  brand: string,
  kind: ProviderKind,
): Keys | null {
  const name = (what: string) =>
    `CLOUDPACT_SIGN_IN_${brand.toUpperCase().replaceAll('-', '_')}_${kind.toUpperCase()}_${what}`;
  const wanted = kind === 'oidc' ? ['ID', 'SECRET', 'ISSUER'] : ['ID', 'SECRET'];
  const missing = wanted.filter((what) => !env[name(what)]);
  if (missing.length === wanted.length) return null;
  if (missing.length > 0) throw new Error(`also set ${missing.map(name).join(', ')}, or none of them`);
  return { id: env[name('ID')]!, secret: env[name('SECRET')]!, issuer: env[name('ISSUER')] ?? null };
}

function real(kind: ProviderKind, { id, secret, issuer }: Keys): IdentityProvider {
  const client = { clientId: id, clientSecret: secret, sandbox: false };
  switch (kind) {
    case 'oidc':
      return oidcIdentity({ ...client, issuer: issuer! });
    case 'qq':
      return qqIdentity({ ...client, baseUrl: 'https://graph.qq.com' });
    case 'wechat':
      return wechatIdentity({
        ...client,
        pageUrl: 'https://open.weixin.qq.com',
        apiUrl: 'https://api.weixin.qq.com',
      });
    case 'github':
      return githubIdentity({ ...client, baseUrl: 'https://github.com', apiUrl: 'https://api.github.com' });
  }
}

/** Nothing that is worth anything opens with it. */
const PLAY_SECRET = 'sandbox';

function local(kind: ProviderKind, brand: string, publicUrl: string): IdentityProvider {
  const client = { clientId: brand, clientSecret: PLAY_SECRET, sandbox: true };
  const url = `${publicUrl}/sandbox/${kind}`;
  switch (kind) {
    case 'oidc':
      return oidcIdentity({ ...client, issuer: url });
    case 'qq':
      return qqIdentity({ ...client, baseUrl: url });
    case 'wechat':
      return wechatIdentity({ ...client, pageUrl: url, apiUrl: url });
    case 'github':
      return githubIdentity({ ...client, baseUrl: url, apiUrl: url });
  }
}

async function openSandboxes({ config, brands }: ProvidersAsked) {
  const clients: SandboxClient[] = brands.all.map((brand) => ({
    clientId: brand.id,
    clientSecret: PLAY_SECRET,
    name: brand.name.zh,
    redirects: [brands.url(brand, config.publicUrl)],
  }));
  const oauth = (kind: 'qq' | 'wechat' | 'github') =>
    oauthSandbox({ kind, clients, prefix: `/sandbox/${kind}` });
  const issuer = `${config.publicUrl}/sandbox/oidc`;
  return {
    oidc: await oidcSandbox({ issuer, prefix: '/sandbox/oidc', clients }),
    qq: oauth('qq'),
    wechat: oauth('wechat'),
    github: oauth('github'),
  };
}
