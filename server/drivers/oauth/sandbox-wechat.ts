import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Desk } from './sandbox.ts';
import { queryOf } from './sandbox-query.ts';

/** 微信开放平台, 网站应用: `appid` and `secret`, JSON as text/plain, errors with HTTP 200 and `errcode`. */
export function wechatDialect(app: FastifyInstance, desk: Desk): void {
  const say = (reply: FastifyReply, value: Record<string, unknown>) => {
    if (desk.faults.status500) return reply.status(500).send('error');
    return reply.type('text/plain').send(desk.faults.noJson ? '<xml/>' : JSON.stringify(value));
  };
  const wrong = (errcode: number, errmsg: string) => ({ errcode, errmsg });

  app.get('/connect/qrconnect', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const wanted = {
      clientId: query.get('appid') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
      state: query.get('state') ?? '',
    };
    const good = query.get('response_type') === 'code' && query.get('scope') === 'snsapi_login';
    const page = good && wanted.state.length <= 128 ? desk.ask(reply, wanted) : null;
    return page ?? reply.status(200).type('text/html').send('redirect_uri 参数错误');
  });

  app.get('/sns/oauth2/access_token', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const client = desk.client(query.get('appid') ?? '', query.get('secret') ?? '');
    if (!client) return say(reply, wrong(40125, 'invalid appsecret'));
    if (query.get('grant_type') !== 'authorization_code')
      return say(reply, wrong(40002, 'invalid grant_type'));
    const granted = desk.takeCode(query.get('code') ?? '');
    if (granted === 'reused') return say(reply, wrong(40163, 'code been used'));
    if (granted?.clientId !== client.clientId) return say(reply, wrong(40029, 'invalid code'));
    return say(reply, {
      access_token: desk.tokenFor(granted),
      expires_in: 7_200,
      refresh_token: desk.tokenFor(granted),
      openid: openidOf(desk, granted),
      scope: 'snsapi_login',
      ...unionOf(desk, granted),
    });
  });

  app.get('/sns/userinfo', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const granted = desk.granted(query.get('access_token') ?? '');
    if (!granted) return say(reply, wrong(40001, 'invalid credential, access_token is invalid'));
    if (query.get('openid') !== openidOf(desk, granted)) return say(reply, wrong(40003, 'invalid openid'));
    const openid = desk.faults.otherApp ? 'oSomebodyElse' : openidOf(desk, granted);
    const profile = { nickname: granted.name, sex: 0, language: '', city: '', privilege: [] };
    return say(reply, { openid, ...profile, ...unionOf(desk, granted) });
  });
}

type Grant = Parameters<Desk['openid']>[0];

function openidOf(desk: Desk, granted: Grant): string {
  return `o${desk.openid(granted).slice(0, 27)}`;
}

function unionOf(desk: Desk, granted: Grant): { unionid?: string } {
  return desk.faults.noUnion ? {} : { unionid: `o${desk.union(granted).slice(0, 27)}` };
}
