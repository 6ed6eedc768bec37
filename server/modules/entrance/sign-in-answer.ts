import type { FastifyReply } from 'fastify';
import type { House } from '#kernel/house.ts';
import { CUSTOMER_COOKIE, setSession } from '#modules/identity/index.ts';
import type { SignInEnd } from './sign-in-finish.ts';

/** How every way to sign in answers: 204 and the cookie, or 202 and what is still to be shown. */
export function signInAnswer(house: House, reply: FastifyReply, end: SignInEnd) {
  if ('challenge' in end) return reply.status(202).send(end.challenge);
  setSession(house, reply, CUSTOMER_COOKIE, end.session.token, end.session.expiresAt);
  return reply.status(204).send(null);
}
