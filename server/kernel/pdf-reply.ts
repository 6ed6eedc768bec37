import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** What a route that answers with a PDF says of it. */
export const pdfAnswer = {
  200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } },
};

/** Answers with a file to be kept, under this name (ASCII: numbers and months). */
export function sendPdf(reply: FastifyReply, name: string, bytes: Buffer): FastifyReply {
  const safe = name.replace(/[^\w.-]/g, '_');
  return reply
    .type('application/pdf')
    .header('content-disposition', `attachment; filename="${safe}.pdf"`)
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(bytes);
}
