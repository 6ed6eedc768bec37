import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { type IdentityProviders, keysOf, openIdentityProviders } from '#drivers/identity-providers.ts';
import type { TokenFault } from '#drivers/oidc/sandbox-tokens.ts';
import { Brands } from '#kernel/brands.ts';
import { readConfig } from '#kernel/config.ts';
import {
  type FederationAttempt,
  type IdentityProvider,
  PROVIDERS,
  ProviderError,
  type ProviderKind,
} from '#modules/federation/driver.ts';
import { agreeAt, freePort } from '../support/identity-page.ts';

/** The port's suite, over true HTTP against the local providers, each in its own dialect. */

const BRAND = 'asiayun';
let app: FastifyInstance;
let providers: IdentityProviders;
let redirect: string;

before(async () => {
  const port = await freePort();
  const brands = Brands.load('brands');
  const config = readConfig({
    DATABASE_URL: 'postgres://nowhere/none',
    CLOUDPACT_PUBLIC_URL: `http://localhost:${port}`,
  });
  providers = await openIdentityProviders({ config, brands });
  app = Fastify({ forceCloseConnections: true });
  for (const { prefix, plugin } of providers.standIns) await app.register(plugin, { prefix });
  await app.listen({ host: '127.0.0.1', port });
  redirect = brands.url(brands.get(BRAND), config.publicUrl);
});
after(() => app.close());

function begun(kind: ProviderKind): FederationAttempt {
  const random = () => crypto.randomUUID().replaceAll('-', '').padEnd(48, 'x');
  const redirectUri = `${redirect}/sign-in/return/${kind}`;
  return { redirectUri, state: random(), nonce: random(), verifier: random() };
}

function providerOf(kind: ProviderKind): IdentityProvider {
  return providers.of(BRAND).find((each) => each.kind === kind)!;
}

async function wayBack(kind: ProviderKind, attempt: FederationAttempt, name: string, action?: 'deny') {
  const url = await providerOf(kind).authorizeUrl(attempt);
  return agreeAt(url, name, action ?? 'agree');
}

const refusedAs = (kind: ProviderError['kind']) => (error: unknown) => {
  assert.ok(error instanceof ProviderError, String(error));
  assert.equal(error.kind, kind, error.message);
  return true;
};

for (const kind of PROVIDERS) {
  describe(kind, () => {
    const provider = () => providerOf(kind);

    test('who agrees is the same person each time, and somebody else is another', async () => {
      const identify = async (name: string) => {
        const attempt = begun(kind);
        const back = await wayBack(kind, attempt, name);
        assert.equal(back.searchParams.get('state'), attempt.state);
        assert.equal(`${back.origin}${back.pathname}`, attempt.redirectUri);
        return provider().identify(attempt, back.searchParams);
      };
      const [first, second, other] = [
        await identify('小云'),
        await identify('小云'),
        await identify('octocat'),
      ];
      assert.deepEqual(first, second);
      assert.notEqual(first.subject, other.subject);
      assert.equal(first.nickname, '小云');
      if (kind === 'qq' || kind === 'wechat') assert.notEqual(first.union, other.union);
      assert.ok(provider().sandbox);
    });

    test('who says no is denied', async () => {
      const attempt = begun(kind);
      const back = await wayBack(kind, attempt, '小云', 'deny');
      await assert.rejects(provider().identify(attempt, back.searchParams), refusedAs('denied'));
    });

    test('[F60] a code opens once, and none that was made up', async () => {
      const attempt = begun(kind);
      const back = await wayBack(kind, attempt, '小云');
      await provider().identify(attempt, back.searchParams);
      await assert.rejects(provider().identify(attempt, back.searchParams), refusedAs('refused'));
      const forged = new URLSearchParams(back.searchParams);
      forged.set('code', 'x'.repeat(43));
      await assert.rejects(provider().identify(attempt, forged), refusedAs('refused'));
      forged.append('code', 'y'.repeat(43));
      await assert.rejects(provider().identify(attempt, forged), refusedAs('refused'));
    });

    test('an error of the provider is no proof, and one that is down is unavailable', async () => {
      const { sandboxes } = providers;
      const { faults } = sandboxes![kind];
      const attempt = begun(kind);
      const back = await wayBack(kind, attempt, '小云');
      faults.status500 = true;
      await assert.rejects(provider().identify(attempt, back.searchParams), refusedAs('unavailable'));
      faults.status500 = false;
      const error = new URLSearchParams({ state: attempt.state, error: 'temporarily_unavailable' });
      await assert.rejects(provider().identify(attempt, error), refusedAs('refused'));
    });
  });
}

describe('what a dialect alone does', () => {
  test('QQ wraps answers in callback( … ); and a token of another application is refused (F60)', async () => {
    const { faults } = providers.sandboxes!.qq;
    const attempt = begun('qq');
    faults.jsonp = true;
    const back = await wayBack('qq', attempt, '小云');
    assert.equal((await providerOf('qq').identify(attempt, back.searchParams)).nickname, '小云');
    const replayed = providerOf('qq').identify(attempt, back.searchParams);
    await assert.rejects(replayed, (error: ProviderError) => error.message.includes('100020'));
    faults.jsonp = false;
    const again = await wayBack('qq', attempt, '小云');
    faults.otherApp = true;
    await assert.rejects(providerOf('qq').identify(attempt, again.searchParams), refusedAs('refused'));
    faults.otherApp = false;
  });

  test('WeChat’s address ends in #wechat_redirect, its errors come with HTTP 200, its profile has to be of the same person', async () => {
    const { faults } = providers.sandboxes!.wechat;
    const attempt = begun('wechat');
    const url = await providerOf('wechat').authorizeUrl(attempt);
    assert.ok(url.endsWith('#wechat_redirect'));
    assert.equal(new URL(url).searchParams.get('appid'), BRAND);
    const back = await wayBack('wechat', attempt, '小云');
    await providerOf('wechat').identify(attempt, back.searchParams);
    const used = providerOf('wechat').identify(attempt, back.searchParams);
    await assert.rejects(used, (error: ProviderError) => error.message.includes('40163'));
    const again = await wayBack('wechat', attempt, '小云');
    faults.otherApp = true;
    await assert.rejects(providerOf('wechat').identify(attempt, again.searchParams), refusedAs('refused'));
    faults.otherApp = false;
    faults.noUnion = true;
    const alone = await wayBack('wechat', attempt, '小云');
    assert.equal((await providerOf('wechat').identify(attempt, alone.searchParams)).union, null);
    faults.noUnion = false;
  });

  test('GitHub is asked for JSON, and a code without its verifier opens nothing', async () => {
    const attempt = begun('github');
    const back = await wayBack('github', attempt, 'octocat');
    const thief = { ...attempt, verifier: 'z'.repeat(48) };
    await assert.rejects(providerOf('github').identify(thief, back.searchParams), refusedAs('refused'));
    const { faults } = providers.sandboxes!.github;
    const again = await wayBack('github', attempt, 'octocat');
    faults.noJson = true;
    await assert.rejects(
      providerOf('github').identify(attempt, again.searchParams),
      refusedAs('unavailable'),
    );
    faults.noJson = false;
  });
});

describe('[F60] OpenID Connect', () => {
  const FAULTS: TokenFault[] = [
    'unsigned',
    'other-key',
    'hmac',
    'other-audience',
    'other-issuer',
    'other-nonce',
    'no-nonce',
    'expired',
    'broken',
  ];
  for (const fault of FAULTS) {
    test(`an ID token that is ${fault} is refused`, async () => {
      const { faults } = providers.sandboxes!.oidc;
      const attempt = begun('oidc');
      const back = await wayBack('oidc', attempt, '小云');
      faults.token = fault;
      try {
        await assert.rejects(providerOf('oidc').identify(attempt, back.searchParams), refusedAs('refused'));
      } finally {
        faults.token = null;
      }
    });
  }

  test('another state, another verifier, another issuer’s answer are refused', async () => {
    const attempt = begun('oidc');
    const back = await wayBack('oidc', attempt, '小云');
    const identify = (changed: Partial<FederationAttempt>, answer = back.searchParams) =>
      providerOf('oidc').identify({ ...attempt, ...changed }, answer);
    await assert.rejects(identify({ state: 'another' }), refusedAs('refused'));
    const mixedUp = new URLSearchParams(back.searchParams);
    mixedUp.set('iss', 'https://issuer.example');
    await assert.rejects(identify({}, mixedUp), refusedAs('refused'));
    await assert.rejects(identify({ verifier: 'z'.repeat(48) }), refusedAs('refused'));
  });

  test('keys that the issuer rotated to count at once, and withdrawn ones no more', async () => {
    const { rotate } = providers.sandboxes!.oidc;
    for (let round = 0; round < 3; round++) {
      const attempt = begun('oidc');
      const back = await wayBack('oidc', attempt, '小云');
      const found = await providerOf('oidc').identify(attempt, back.searchParams);
      assert.equal(found.nickname, '小云');
      await rotate();
      // The code went with what it was signed by.
      await assert.rejects(providerOf('oidc').identify(attempt, back.searchParams), refusedAs('refused'));
    }
  });
});

test('a provider is offered where the brand names it and the environment has an id and a secret, in production alone so', async () => {
  const brands = Brands.load('brands');
  const config = {
    production: true,
    publicUrl: 'https://www.asiayun.com',
    signIn: { CLOUDPACT_SIGN_IN_ASIAYUN_QQ_ID: '101', CLOUDPACT_SIGN_IN_ASIAYUN_QQ_SECRET: 'key' },
  };
  const opened = await openIdentityProviders({ config, brands });
  assert.deepEqual(
    opened.of('asiayun').map(({ kind, sandbox }) => [kind, sandbox]),
    [['qq', false]],
  );
  assert.deepEqual(opened.of('lantian'), []);
  assert.deepEqual(opened.standIns, []);
  const url = new URL(
    await opened
      .of('asiayun')[0]!
      .authorizeUrl({ ...begun('qq'), redirectUri: 'https://www.asiayun.com/sign-in/return/qq' }),
  );
  assert.equal(url.origin, 'https://graph.qq.com');
  assert.equal(url.searchParams.get('client_id'), '101');
  assert.throws(
    () => keysOf({ CLOUDPACT_SIGN_IN_ASIAYUN_OIDC_ID: 'x' }, 'asiayun', 'oidc'),
    /SECRET.*ISSUER/,
  );
});
