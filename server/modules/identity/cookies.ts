import type { FastifyReply } from 'fastify';
import type { House } from '#kernel/house.ts';

/** With TLS a name that no other host, path or plain connection can set (RFC 6265bis §4.1.3.2). */
export function cookieName(house: House, name: string): string {
  return secure(house) ? `__Host-${name}` : name;
}

export function setSession(
  house: House,
  reply: FastifyReply,
  name: string,
  token: string,
  expires: Date,
): void {
  void reply.setCookie(cookieName(house, name), token, { ...attributes(house), expires });
}

/** What pages kept of whoever was here goes with it. Answers are never cached, and other sessions of this host stay. */
export function clearSession(house: House, reply: FastifyReply, name: string): void {
  void reply.header('clear-site-data', '"storage"');
  void reply.clearCookie(cookieName(house, name), attributes(house));
}

function attributes(house: House) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: secure(house),
  };
}

function secure(house: House): boolean {
  return house.config.publicUrl.startsWith('https:');
}
