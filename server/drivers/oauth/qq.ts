import { type IdentityProvider, ProviderError } from '#modules/federation/driver.ts';
import { askJson, codeOf, maybeText, type OauthConfig, short, textIn } from './wire.ts';

export interface QqConfig extends OauthConfig {
  /** "https://graph.qq.com", or the stand-in. */
  baseUrl: string;
}

/**
 * IdentityProvider over QQ Connect (QQ 互联, "使用Authorization_Code获取Access_Token" and "获取用户OpenID"). It has no
 * PKCE and no signed answers: what counts is asked for by HTTPS with the secret, and the openid has to be one of our own
 * application's.
 */
export function qqIdentity(config: QqConfig): IdentityProvider {
  const { clientId, clientSecret, baseUrl, sandbox } = config;
  const bound = config.timeoutMs === undefined ? {} : { timeoutMs: config.timeoutMs };
  const ask = async (path: string, query: Record<string, string>) => {
    const url = new URL(`${baseUrl}${path}`);
    url.search = new URLSearchParams({ ...query, fmt: 'json' }).toString();
    const answer = await askJson(url, bound);
    if (answer.error !== undefined && answer.error !== 0)
      throw new ProviderError('refused', `QQ answered ${short(answer.error)}`);
    return answer;
  };
  return {
    kind: 'qq',
    sandbox,
    async authorizeUrl({ redirectUri, state }) {
      const url = new URL(`${baseUrl}/oauth2.0/authorize`);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        scope: 'get_user_info',
      }).toString();
      return url.href;
    },
    async identify({ redirectUri }, answer) {
      const token = await ask('/oauth2.0/token', {
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: clientSecret,
        code: codeOf(answer),
        redirect_uri: redirectUri,
      });
      const accessToken = textIn(token, 'access_token');
      const me = await ask('/oauth2.0/me', { access_token: accessToken, unionid: '1' });
      // A token that was given to another application would name a stranger's visitor.
      if (String(me.client_id) !== clientId)
        throw new ProviderError('refused', 'QQ named another application');
      const openid = textIn(me, 'openid');
      const nickname = await nicknameOf(config, accessToken, openid);
      return { subject: `${clientId}:${openid}`, union: maybeText(me, 'unionid'), nickname };
    },
  };
}

/** Only to be shown: without one it goes on. */
async function nicknameOf(
  { clientId, baseUrl }: QqConfig,
  accessToken: string,
  openid: string,
): Promise<string | null> {
  const url = new URL(`${baseUrl}/user/get_user_info`);
  url.search = new URLSearchParams({
    access_token: accessToken,
    oauth_consumer_key: clientId,
    openid,
  }).toString();
  try {
    const info = await askJson(url, { timeoutMs: 5_000 });
    return info.ret === 0 ? maybeText(info, 'nickname') : null;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
