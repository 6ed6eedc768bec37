import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { SandboxClient } from '../oauth/sandbox.ts';
import { escaped, pagePolicy, STYLESHEET, standInPage } from '../stand-in/page.ts';
import { WHO_STYLES, whoForm } from '../stand-in/who.ts';
import { memoryStore } from './sandbox-store.ts';
import { newSigningKey, type SigningKey, spoiltToken, type TokenFault } from './sandbox-tokens.ts';

export interface OidcSandboxOptions {
  /** Where it is mounted, as browsers and the driver reach it. */
  issuer: string;
  /** The path of that. */
  prefix: string;
  clients: readonly SandboxClient[];
}

export interface OidcFaults {
  /** ID tokens are changed before they leave. */
  token: TokenFault | null;
  /** The token endpoint answers 500. */
  status500: boolean;
}

/** A Fastify plugin, and what only code in this process may do with it. */
export type OidcSandbox = FastifyPluginAsync & {
  readonly faults: OidcFaults;
  /** From now on other keys sign; those from before are gone from its list. Who is signed in there has to do so again. */
  rotate(): Promise<void>;
};

const NAME = { zh: '统一身份认证', en: 'your identity provider' };

/**
 * An OpenID provider on this machine (oidc-provider) for development and tests; it knows everybody by the name that they
 * type. PKCE is mandatory, keys are made anew at each start.
 */
export async function oidcSandbox(options: OidcSandboxOptions): Promise<OidcSandbox> {
  const { Provider: Kind } = await import('oidc-provider');
  const faults: OidcFaults = { token: null, status500: false };
  let key = newSigningKey();
  const open = () => provided(Kind, options, faults, key);
  let provider = open();
  const plugin: FastifyPluginAsync = async (app) => {
    app.removeAllContentTypeParsers();
    // The provider reads bodies by itself.
    app.addContentTypeParser('*', (_request, _body, done) => done(null));
    const hidden = { schema: { hide: true } };
    app.get('/sandbox.css', hidden, (_request, reply) =>
      reply.type('text/css').send(STYLESHEET + WHO_STYLES),
    );
    app.get('/interaction/sandbox.css', hidden, (_request, reply) =>
      reply.type('text/css').send(STYLESHEET + WHO_STYLES),
    );
    app.get('/interaction/:uid', hidden, async (request, reply) => {
      const { params, uid } = await provider.interactionDetails(request.raw, reply.raw);
      const client = options.clients.find(({ clientId }) => clientId === params.client_id);
      const form = whoForm({
        app: client?.name ?? escaped(String(params.client_id)),
        action: uid,
        ticket: uid,
        name: '小云',
      });
      return reply
        .header('content-security-policy', pagePolicy(String(params.redirect_uri)))
        .type('text/html; charset=utf-8')
        .send(standInPage(NAME, '登录', form, 'Anybody may be anybody here.'));
    });
    app.post('/interaction/:uid', hidden, async (request, reply) => {
      const form = new URLSearchParams(await textOf(request.raw));
      const accountId = (form.get('name') ?? '').trim();
      const agreed = form.get('action') === 'agree' && accountId !== '';
      const result = agreed
        ? { login: { accountId } }
        : { error: 'access_denied', error_description: 'End-User aborted interaction' };
      reply.hijack();
      await provider.interactionFinished(request.raw, reply.raw, result, { mergeWithLastSubmission: false });
    });
    app.all('/*', hidden, (request, reply) => {
      reply.hijack();
      // It builds its addresses from what was cut off.
      const raw = request.raw as IncomingMessage & { originalUrl?: string };
      raw.originalUrl = raw.url ?? '/';
      raw.url = raw.originalUrl.slice(options.prefix.length) || '/';
      void provider.callback()(raw, reply.raw);
    });
  };
  const rotate = async () => {
    key = newSigningKey();
    provider = open();
  };
  return Object.assign(plugin, { faults, rotate });
}

function provided(
  Kind: typeof Provider,
  { issuer, prefix, clients }: OidcSandboxOptions,
  faults: OidcFaults,
  key: SigningKey,
): Provider {
  const jwk = { ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: 'RS256', use: 'sig' };
  const configuration: Configuration = {
    adapter: memoryStore(),
    clients: clients.map(({ clientId, clientSecret, name, redirects }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      client_name: name,
      redirect_uris: redirects.map((origin) => `${origin}/sign-in/return/oidc`),
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })),
    jwks: { keys: [jwk as NonNullable<Configuration['jwks']>['keys'][number]] },
    cookies: { keys: [crypto.randomUUID()] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    // Names stand in the ID token itself: nobody asks the userinfo endpoint.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `${prefix}/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: personId(id), name: id, preferred_username: id }),
    }),
    async loadExistingGrant(ctx) {
      const { oidc } = ctx;
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    ttl: {
      Interaction: 600,
      Session: 600,
      Grant: 600,
      AccessToken: 600,
      IdToken: 600,
      AuthorizationCode: 60,
    },
  };
  const provider = new Kind(issuer, configuration);
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as KoaContextWithOIDC;
    if (oidc?.route === 'token') spoil(ctx as KoaContextWithOIDC, faults, key, clients);
  });
  return provider;
}

function spoil(
  ctx: KoaContextWithOIDC,
  { token, status500 }: OidcFaults,
  key: SigningKey,
  clients: readonly SandboxClient[],
): void {
  if (status500) {
    ctx.status = 500;
    ctx.body = { error: 'server_error' };
    return;
  }
  const body = ctx.body as { id_token?: string } | undefined;
  if (!token || !body?.id_token) return;
  const client = clients.find(({ clientId }) => clientId === ctx.oidc.client?.clientId);
  ctx.body = { ...body, id_token: spoiltToken(body.id_token, token, key, client?.clientSecret ?? '') };
}

function personId(name: string): string {
  return createHash('sha256').update(`oidc\0${name}`).digest('hex').slice(0, 32);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) > 16 * 1024) throw new Error('too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}
