import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { id, instant } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { slipContent } from './transfer-read.ts';

export const slipShown = z.object({
  id,
  payer_name: z.string(),
  transferred_on: z.iso.date(),
  media_type: z.enum(['image/png', 'image/jpeg', 'application/pdf']),
  created_at: instant,
});

const image = { schema: z.string() };
/** What a route that answers with a slip says of it. */
export const slipAnswer = {
  200: {
    description: 'The slip as it was uploaded',
    content: { 'image/png': image, 'image/jpeg': image, 'application/pdf': image },
  },
};

/** By the type that its bytes showed, which no browser runs, in a sandbox all the same; a PDF is saved, not opened. */
export async function slipSend(house: House, reply: FastifyReply, paymentId: string, slipId: string) {
  const slip = await slipContent(house.db, paymentId, slipId);
  if (!slip) throw kernelProblem['not-found']();
  const kind = slip.media_type === 'application/pdf' ? 'attachment' : 'inline';
  const ending = slip.media_type.split('/')[1];
  return reply
    .type(slip.media_type)
    .header('content-disposition', `${kind}; filename="slip-${slip.id}.${ending}"`)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .send(slip.content);
}
