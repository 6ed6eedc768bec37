import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Desk } from './sandbox.ts';
import { queryOf } from './sandbox-query.ts';

/** QQ 互联: GET for everything; form encoding and `callback( … );` unless `fmt=json` is asked for. */
export function qqDialect(app: FastifyInstance, desk: Desk): void {
  const say = (reply: FastifyReply, query: URLSearchParams, value: Record<string, unknown>) => {
    if (desk.faults.status500) return reply.status(500).send('error');
    if (desk.faults.noJson) return reply.type('text/html').send('<html></html>');
    if (query.get('fmt') === 'json' && !desk.faults.jsonp) return reply.type('application/json').send(value);
    return reply.type('text/html').send(`callback( ${JSON.stringify(value)} );\n`);
  };
  const wrong = (error: number, error_description: string) => ({ error, error_description });

  app.get('/oauth2.0/authorize', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const wanted = {
      clientId: query.get('client_id') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
      state: query.get('state') ?? '',
    };
    const page = query.get('response_type') === 'code' ? desk.ask(reply, wanted) : null;
    return page ?? reply.status(200).type('text/html').send('redirect uri is illegal(100010)');
  });

  app.get('/oauth2.0/token', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const client = desk.client(query.get('client_id') ?? '', query.get('client_secret') ?? '');
    if (!client) return say(reply, query, wrong(100001, 'param client_id is wrong or lost'));
    const granted = desk.takeCode(query.get('code') ?? '');
    if (granted === 'reused') return say(reply, query, wrong(100020, 'code is reused error'));
    if (granted?.clientId !== client.clientId || granted.redirectUri !== query.get('redirect_uri'))
      return say(reply, query, wrong(100019, 'code to access token error'));
    const access_token = desk.tokenFor(granted);
    const answer = { access_token, expires_in: 7_776_000, refresh_token: desk.tokenFor(granted) };
    if (query.get('fmt') === 'json') return say(reply, query, answer);
    return reply.type('text/html').send(new URLSearchParams({ ...answer, expires_in: '7776000' }).toString());
  });

  app.get('/oauth2.0/me', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const granted = desk.granted(query.get('access_token') ?? '');
    if (!granted) return say(reply, query, wrong(100016, 'access token check failed'));
    return say(reply, query, {
      client_id: desk.faults.otherApp ? '100000000' : granted.clientId,
      openid: desk.openid(granted).slice(0, 32).toUpperCase(),
      ...(query.get('unionid') === '1' && !desk.faults.noUnion
        ? { unionid: `UID_${desk.union(granted).slice(0, 32).toUpperCase()}` }
        : {}),
    });
  });

  app.get('/user/get_user_info', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const granted = desk.granted(query.get('access_token') ?? '');
    if (granted?.clientId !== query.get('oauth_consumer_key'))
      return reply.send({ ret: -23, msg: 'token is invalid' });
    return reply.send({ ret: 0, msg: '', is_lost: 0, nickname: granted.name, gender: '' });
  });
}
