import type { FastifyReply } from 'fastify';
import type { House } from '#kernel/house.ts';

export function setSession(
  house: House,
  reply: FastifyReply,
  name: string,
  token: string,
  expires: Date,
): void {
  void reply.setCookie(name, token, { ...attributes(house), expires });
}

export function clearSession(house: House, reply: FastifyReply, name: string): void {
  void reply.clearCookie(name, attributes(house));
}

function attributes(house: House) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: house.config.publicUrl.startsWith('https:'),
  };
}
