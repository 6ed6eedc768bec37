import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const image = { schema: z.string() };
/** What a route that answers with a proof says of it. */
export const proofAnswer = {
  200: {
    description: 'The proof as it was uploaded',
    content: { 'image/png': image, 'image/jpeg': image, 'application/pdf': image },
  },
};

/** By the type that its bytes showed, saved rather than opened, in a sandbox all the same. */
export function proofSend(
  reply: FastifyReply,
  proof: { id: string; media_type: string; content: Buffer },
): FastifyReply {
  return reply
    .type(proof.media_type)
    .header(
      'content-disposition',
      `attachment; filename="proof-${proof.id}.${proof.media_type.split('/')[1]}"`,
    )
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .send(proof.content);
}
