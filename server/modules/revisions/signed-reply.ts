import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { problem as common } from '#kernel/problem.ts';
import type { ScanType } from '#kernel/scan.ts';

const file = { schema: z.string() };
/** What a route that answers with a file says of it. */
export const signedAnswer = {
  200: {
    description: 'The file',
    content: { 'application/pdf': file, 'image/png': file, 'image/jpeg': file },
  },
};

/** A file to be kept; whatever it holds, no browser runs it here. `not-found` where there is none. */
export function signedSend(
  reply: FastifyReply,
  kept: { id: string; media_type: ScanType; bytes: Buffer } | null,
): FastifyReply {
  if (!kept) throw common['not-found']();
  return reply
    .type(kept.media_type)
    .header('content-disposition', `attachment; filename="terms-${kept.id}.${kept.media_type.split('/')[1]}"`)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .send(kept.bytes);
}
