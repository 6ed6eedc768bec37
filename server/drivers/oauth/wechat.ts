import { type IdentityProvider, ProviderError } from '#modules/federation/driver.ts';
import { askJson, codeOf, maybeText, type OauthConfig, short, textIn } from './wire.ts';

export interface WechatConfig extends OauthConfig {
  /** "https://open.weixin.qq.com", where the browser goes; "https://api.weixin.qq.com", which is asked. Or the stand-in. */
  pageUrl: string;
  apiUrl: string;
}

/**
 * IdentityProvider over WeChat's open platform (微信开放平台, 网站应用微信登录: qrconnect with snsapi_login). Errors come
 * with HTTP 200 and an `errcode`; who says no comes back with the state alone.
 */
export function wechatIdentity(config: WechatConfig): IdentityProvider {
  const { clientId, clientSecret, pageUrl, apiUrl, sandbox } = config;
  const bound = config.timeoutMs === undefined ? {} : { timeoutMs: config.timeoutMs };
  const ask = async (path: string, query: Record<string, string>) => {
    const url = new URL(`${apiUrl}${path}`);
    url.search = new URLSearchParams(query).toString();
    const answer = await askJson(url, bound);
    const { errcode } = answer;
    // -1: the system is busy.
    if (errcode === -1) throw new ProviderError('unavailable', 'WeChat is busy');
    if (errcode !== undefined && errcode !== 0)
      throw new ProviderError('refused', `WeChat answered ${short(errcode)}`);
    return answer;
  };
  return {
    kind: 'wechat',
    sandbox,
    async authorizeUrl({ redirectUri, state }) {
      const url = new URL(`${pageUrl}/connect/qrconnect`);
      url.search = new URLSearchParams({
        appid: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'snsapi_login',
        state,
      }).toString();
      return `${url.href}#wechat_redirect`;
    },
    async identify(_attempt, answer) {
      const token = await ask('/sns/oauth2/access_token', {
        appid: clientId,
        secret: clientSecret,
        code: codeOf(answer),
        grant_type: 'authorization_code',
      });
      const openid = textIn(token, 'openid');
      const access_token = textIn(token, 'access_token');
      const info = await ask('/sns/userinfo', { access_token, openid, lang: 'zh_CN' });
      if (info.openid !== openid) throw new ProviderError('refused', 'WeChat named somebody else');
      const union = maybeText(token, 'unionid') ?? maybeText(info, 'unionid');
      return { subject: `${clientId}:${openid}`, union, nickname: maybeText(info, 'nickname') };
    },
  };
}
