import type { FastifyReply } from 'fastify';
import type { House } from '#kernel/house.ts';
import { problem } from '#kernel/problem.ts';
import { sendPdf } from '#modules/invoicing/index.ts';
import { fileRead } from './file-keep.ts';

interface Papers {
  file_id: string | null;
  number: string | null;
  reverse_file_id?: string | null;
  reverse_number?: string | null;
}

/** A file as it was kept; 404 before there is one. */
export async function sendKept(
  house: House,
  reply: FastifyReply,
  papers: Papers,
  which: 'invoice' | 'reversal',
): Promise<FastifyReply> {
  const [fileId, number] =
    which === 'invoice' ? [papers.file_id, papers.number] : [papers.reverse_file_id, papers.reverse_number];
  if (!fileId || !number) throw problem['not-found']();
  const { bytes, media_type } = await fileRead(house.db, fileId);
  if (media_type === 'application/pdf') return sendPdf(reply, number, bytes);
  return reply
    .type(media_type)
    .header('content-disposition', `attachment; filename="${number.replace(/[^\w.-]/g, '_')}.ofd"`)
    .header('cache-control', 'private, no-store')
    .send(bytes);
}
