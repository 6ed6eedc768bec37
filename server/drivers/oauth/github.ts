import { createHash } from 'node:crypto';
import { type IdentityProvider, ProviderError } from '#modules/federation/driver.ts';
import { askJson, codeOf, maybeText, type OauthConfig, short, textIn } from './wire.ts';

export interface GithubConfig extends OauthConfig {
  /** "https://github.com", and "https://api.github.com". Or the stand-in. */
  baseUrl: string;
  apiUrl: string;
}

/**
 * IdentityProvider over GitHub (Authorizing OAuth apps, web application flow) with PKCE and no scope: who somebody is
 * needs none. Its token endpoint answers in a form's encoding unless JSON is asked for, and errors with HTTP 200.
 */
export function githubIdentity(config: GithubConfig): IdentityProvider {
  const { clientId, clientSecret, baseUrl, apiUrl, sandbox } = config;
  const bound = config.timeoutMs === undefined ? {} : { timeoutMs: config.timeoutMs };
  return {
    kind: 'github',
    sandbox,
    async authorizeUrl({ redirectUri, state, verifier }) {
      const url = new URL(`${baseUrl}/login/oauth/authorize`);
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }).toString();
      return url.href;
    },
    async identify({ redirectUri, verifier }, answer) {
      const token = await askJson(new URL(`${baseUrl}/login/oauth/access_token`), {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          code: codeOf(answer),
          redirect_uri: redirectUri,
          code_verifier: verifier,
        }),
        ...bound,
      });
      if (token.error !== undefined)
        throw new ProviderError('refused', `GitHub answered ${short(token.error)}`);
      const user = await askJson(new URL(`${apiUrl}/user`), {
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${textIn(token, 'access_token')}`,
          'user-agent': 'cloudpact',
          'x-github-api-version': '2022-11-28',
        },
        ...bound,
      });
      // A login can be given up and taken by somebody else; the number can't.
      const { id } = user;
      if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0)
        throw new ProviderError('refused', 'GitHub named nobody');
      return { subject: String(id), union: null, nickname: maybeText(user, 'login') };
    },
  };
}
