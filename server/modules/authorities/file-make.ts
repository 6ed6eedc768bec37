import { createHash } from 'node:crypto';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditSpan } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { EVENTS_MOST } from './rules.ts';
import type { RequestTable } from './tables.ts';

export interface ExportFile {
  zip: Uint8Array;
  sha256: string;
  events: number;
}

/** What is on record of the customer in the span, with a manifest that names each file by its hash. */
export async function fileMake(
  tx: Tx,
  ctx: Ctx,
  request: Selectable<RequestTable>,
  approvedBy: string,
): Promise<ExportFile> {
  const files: Record<string, { text: string; lines: number }> = {};
  let events = 0;
  if (request.kinds.includes('logs')) {
    const lines = await eventLines(tx, request);
    events = lines.length;
    files['events.jsonl'] = { text: lines.map((line) => `${line}\n`).join(''), lines: events };
  }
  if (request.kinds.includes('account')) {
    const account = JSON.stringify(await accountOf(tx, request.customer_id), null, 2);
    files['account.json'] = { text: `${account}\n`, lines: 1 };
  }
  const manifest = {
    format: 'cloudpact-authority-export-1',
    request: request.id,
    brand: request.brand,
    customer: request.customer_id,
    basis: {
      authority: request.authority,
      document: request.document,
      article: request.article,
      case: request.case,
    },
    from: request.span_from.toISOString(),
    to: request.span_to.toISOString(),
    requested_by: request.requested_by,
    approved_by: approvedBy,
    made_at: ctx.now.toISOString(),
    files: Object.entries(files).map(([name, { text, lines }]) => ({
      name,
      lines,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  };
  const all: Zippable = { 'manifest.json': strToU8(`${JSON.stringify(manifest, null, 2)}\n`) };
  for (const [name, { text }] of Object.entries(files)) all[name] = strToU8(text);
  const zip = zipSync(all, { mtime: ctx.now });
  return { zip, sha256: createHash('sha256').update(zip).digest('hex'), events };
}

async function eventLines(tx: Tx, request: Selectable<RequestTable>): Promise<string[]> {
  const { brand, customer_id: customerId, span_from: from, span_to: to } = request;
  const rows = await auditSpan(tx, { brand, customerId, from, to, most: EVENTS_MOST });
  return rows.map(({ id, ...row }) => JSON.stringify({ id: String(id), ...row }));
}

async function accountOf(tx: Tx, customerId: string) {
  const { id, email, phone_shown, real_name_passed_at, created_at, minor } = await customerRead(
    tx,
    customerId,
  );
  return { id, email, phone_shown, real_name_passed_at, created_at, minor };
}
