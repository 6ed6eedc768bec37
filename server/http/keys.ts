import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import type { Message } from '#kernel/message-signature.ts';
import { bodyNotAsSigned, keyCaller, keyLimits, showsKey } from '#modules/keys/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The SHA-256 that the body has to have; null where none was signed. */
    signedDigest: Buffer | null;
  }
}

function messageOf(request: FastifyRequest): Message {
  return {
    method: request.method,
    target: request.raw.url ?? '/',
    authority: request.headers.host ?? '',
    field: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

export function withKey(request: FastifyRequest): boolean {
  return showsKey(messageOf(request));
}

/** Who calls by the key that the request shows, within the key's limits. Throws what is wrong with it. */
export async function callerByKey(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Actor> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  const hasBody = encoding !== undefined || length !== '0';
  const call = await keyCaller(house, request.ctx, messageOf(request), hasBody);
  const { headers, over } = await keyLimits(house.ports.quota, request.ctx.brand, call.actor);
  void reply.headers(headers);
  if (over) throw over;
  await call.spend();
  request.signedDigest = call.digest;
  return call.actor;
}

/** Holds each body that comes with a signature against the digest that was signed, byte for byte, before it is read. */
export function signedBodies(app: App): void {
  app.decorateRequest('signedDigest', null);
  app.addHook('preParsing', async (request, _reply, payload) => {
    const { signedDigest } = request;
    if (!signedDigest) return payload;
    const hash = createHash('sha256');
    const checked = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
      flush(done) {
        done(hash.digest().equals(signedDigest) ? null : bodyNotAsSigned());
      },
    });
    payload.on('error', (error) => checked.destroy(error));
    return payload.pipe(checked);
  });
}
