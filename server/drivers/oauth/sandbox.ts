import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { pagePolicy, STYLESHEET, standInPage } from '../stand-in/page.ts';
import {
  type IdentityFaults,
  noIdentityFaults,
  personOf,
  randomText,
  WHO_STYLES,
  whoForm,
} from '../stand-in/who.ts';
import { githubDialect } from './sandbox-github.ts';
import { qqDialect } from './sandbox-qq.ts';
import { wechatDialect } from './sandbox-wechat.ts';

/**
 * QQ Connect, WeChat's open platform and GitHub on this machine: a page that asks who one is, and the calls by which a
 * code becomes an identity, each in the provider's own dialect. Names are what somebody types; nothing is kept on disk.
 */

export interface SandboxClient {
  clientId: string;
  clientSecret: string;
  /** Of the application, as the provider's page shows it. */
  name: string;
  /** Where it may send browsers back to: the address has to begin with one of these. */
  redirects: readonly string[];
}

export interface OauthSandboxOptions {
  kind: 'qq' | 'wechat' | 'github';
  clients: readonly SandboxClient[];
  /** Path under which it is mounted. */
  prefix: string;
}

export type OauthSandbox = FastifyPluginAsync & { faults: IdentityFaults };

/** Somebody agreed: what the code or token stands for. */
export interface Granted {
  clientId: string;
  redirectUri: string;
  name: string;
  challenge: string | null;
  until: number;
}

export interface Desk {
  options: OauthSandboxOptions;
  faults: IdentityFaults;
  /** Checks what an authorize request names and sends the browser on to the page; an answer for a wrong one. */
  ask(
    reply: FastifyReply,
    wanted: { clientId: string; redirectUri: string; state: string; challenge?: string | null },
  ): FastifyReply | null;
  client(id: string, secret: string): SandboxClient | null;
  /** A code opens once. */
  takeCode(code: string): Granted | 'reused' | null;
  tokenFor(granted: Granted): string;
  granted(token: string): Granted | null;
  /** What the provider calls somebody within one application, and across all of an operator's. */
  openid(granted: Granted): string;
  union(granted: Granted): string;
}

interface Asked {
  clientId: string;
  redirectUri: string;
  state: string;
  challenge: string | null;
}

const CODE_MS = 10 * 60_000;
const NAMES = {
  qq: { zh: 'QQ 互联', en: 'QQ Connect' },
  wechat: { zh: '微信开放平台', en: 'WeChat' },
  github: { zh: 'GitHub', en: 'GitHub' },
};
const DIALECTS = { qq: qqDialect, wechat: wechatDialect, github: githubDialect };

export function oauthSandbox(options: OauthSandboxOptions): OauthSandbox {
  const faults = noIdentityFaults();
  const asked = new Map<string, Asked>();
  const codes = new Map<string, Granted>();
  const spent = new Set<string>();
  const tokens = new Map<string, Granted>();
  const clientOf = (id: string) => options.clients.find(({ clientId }) => clientId === id);
  const desk: Desk = {
    options,
    faults,
    ask(reply, { clientId, redirectUri, state, challenge = null }) {
      const client = clientOf(clientId);
      if (!client?.redirects.some((origin) => redirectUri.startsWith(origin))) return null;
      const ticket = randomText();
      asked.set(ticket, { clientId, redirectUri, state, challenge });
      return reply.redirect(`${options.prefix}/ask?ticket=${ticket}`, 302);
    },
    client(id, secret) {
      const found = clientOf(id);
      return found && found.clientSecret === secret ? found : null;
    },
    takeCode(code) {
      if (spent.has(code)) return 'reused';
      const found = codes.get(code);
      codes.delete(code);
      if (!found || found.until < performance.now()) return null;
      spent.add(code);
      return found;
    },
    tokenFor(granted) {
      const token = randomText();
      tokens.set(token, granted);
      return token;
    },
    granted: (token) => tokens.get(token) ?? null,
    openid: ({ clientId, name }) => personOf(options.kind, clientId, name),
    union: ({ name }) => personOf(options.kind, 'union', name),
  };

  const decide = (form: URLSearchParams): string | null => {
    const ticket = form.get('ticket') ?? '';
    const found = asked.get(ticket);
    asked.delete(ticket);
    if (!found) return null;
    const { clientId, redirectUri, challenge } = found;
    const back = new URL(redirectUri);
    back.searchParams.set('state', faults.wrongState ? randomText() : found.state);
    const name = (form.get('name') ?? '').trim();
    const denied = form.get('action') !== 'agree' || name === '';
    if (faults.error) back.searchParams.set('error', faults.error);
    else if (denied) {
      // WeChat and QQ say nothing beside the state.
      if (options.kind === 'github') back.searchParams.set('error', 'access_denied');
    } else {
      const code = randomText();
      codes.set(code, { clientId, redirectUri, name, challenge, until: performance.now() + CODE_MS });
      back.searchParams.set('code', code);
    }
    return back.href;
  };

  const plugin: FastifyPluginAsync = async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 16 * 1024 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    app.get('/sandbox.css', { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/css').send(STYLESHEET + WHO_STYLES),
    );
    app.get('/ask', { schema: { hide: true } }, (request, reply) => {
      const { ticket = '' } = request.query as { ticket?: string };
      const found = asked.get(ticket);
      if (!found) return reply.status(400).type('text/plain').send('no such request');
      const app = clientOf(found.clientId)?.name ?? found.clientId;
      const form = whoForm({ app, action: 'decide', ticket, name: '小云' });
      const page = standInPage(NAMES[options.kind], '登录', form, 'Anybody may be anybody here.');
      return reply
        .header('content-security-policy', pagePolicy(found.redirectUri))
        .type('text/html; charset=utf-8')
        .send(page);
    });
    app.post('/decide', { schema: { hide: true } }, (request, reply) => {
      const back = decide(request.body as URLSearchParams);
      return back ? reply.redirect(back, 303) : reply.status(400).type('text/plain').send('no such request');
    });
    DIALECTS[options.kind](app, desk);
  };
  return Object.assign(plugin, { faults });
}
