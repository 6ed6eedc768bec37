import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Desk } from './sandbox.ts';
import { challengeOf, queryOf } from './sandbox-query.ts';

/** GitHub: a token by POST, form-encoded unless JSON is accepted, errors with HTTP 200; the API wants a User-Agent. */
export function githubDialect(app: FastifyInstance, desk: Desk): void {
  const say = (request: FastifyRequest, reply: FastifyReply, value: Record<string, string>) => {
    if (desk.faults.status500) return reply.status(500).send('error');
    if (desk.faults.noJson || request.headers.accept !== 'application/json')
      return reply.type('application/x-www-form-urlencoded').send(new URLSearchParams(value).toString());
    return reply.type('application/json').send(value);
  };
  const wrong = (error: string, error_description: string) => ({
    error,
    error_description,
    error_uri:
      'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/',
  });

  app.get('/login/oauth/authorize', { schema: { hide: true } }, (request, reply) => {
    const query = queryOf(request);
    const wanted = {
      clientId: query.get('client_id') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
      state: query.get('state') ?? '',
      challenge: query.get('code_challenge_method') === 'S256' ? query.get('code_challenge') : null,
    };
    return desk.ask(reply, wanted) ?? reply.status(404).type('text/plain').send('Not Found');
  });

  app.post('/login/oauth/access_token', { schema: { hide: true } }, (request, reply) => {
    const form = request.body as URLSearchParams;
    const client = desk.client(form.get('client_id') ?? '', form.get('client_secret') ?? '');
    if (!client)
      return say(
        request,
        reply,
        wrong('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'),
      );
    const granted = desk.takeCode(form.get('code') ?? '');
    const bad = wrong('bad_verification_code', 'The code passed is incorrect or expired.');
    if (granted === null || granted === 'reused' || granted.clientId !== client.clientId)
      return say(request, reply, bad);
    if (granted.redirectUri !== form.get('redirect_uri'))
      return say(
        request,
        reply,
        wrong(
          'redirect_uri_mismatch',
          'The redirect_uri MUST match the registered callback URL for this application.',
        ),
      );
    if (granted.challenge && challengeOf(form.get('code_verifier') ?? '') !== granted.challenge)
      return say(request, reply, bad);
    return say(request, reply, {
      access_token: `gho_${desk.tokenFor(granted)}`,
      scope: '',
      token_type: 'bearer',
    });
  });

  app.get('/user', { schema: { hide: true } }, (request, reply) => {
    if (desk.faults.status500) return reply.status(500).send({ message: 'Server Error' });
    if (!request.headers['user-agent'])
      return reply.status(403).type('text/plain').send('Request forbidden by administrative rules.');
    const token = /^Bearer gho_([\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
    const granted = desk.granted(token ?? '');
    if (!granted) return reply.status(401).send({ message: 'Bad credentials', status: '401' });
    // A number that fits a float: 48 bits.
    const id = Number.parseInt(desk.union(granted).slice(0, 12), 16);
    return reply.send({ login: granted.name, id, type: 'User', name: granted.name });
  });
}
