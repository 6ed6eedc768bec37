import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { connect, transactReading } from '#kernel/db.ts';
import { type AuditVerdict, auditVerify, type PublishedBlocks } from '#modules/audit/index.ts';
import { CommandError, command, dataDirOf, UsageError } from './command.ts';
import { openDatabase } from './own-database.ts';

/** `audit verify`: computes the blocks of the record of acts anew and names the first row that differs; then exit code 1. */
export const run = command({
  options: { data: { type: 'string' }, roots: { type: 'string' } },
  words: ['what'],
  run: async (values, [what]) => {
    if (what !== 'verify') throw new UsageError("what of the record of acts? './cloudpact audit verify'");
    const published = values.roots === undefined ? new Map<string, string>() : readRoots(values.roots);
    const database = await openDatabase(dataDirOf(values.data));
    try {
      const { db, close } = connect(database.url, 1);
      try {
        const verdict = await transactReading(db, (tx) => auditVerify(tx, published));
        return tell(verdict, published.size);
      } finally {
        await close();
      }
    } finally {
      await database.close();
    }
  },
});

function tell({ events, sealed, unsealed, difference }: AuditVerdict, published: number): number {
  for (const { brand, blocks, removed, root } of sealed)
    process.stdout.write(
      `${brand}: ${blocks} blocks${removed > 0 ? `, ${removed} removed` : ''}, root ${root}\n`,
    );
  if (difference) {
    process.stdout.write(`DIFFERS 不一致: ${difference.table} ${difference.row} ${difference.what}\n`);
    return 1;
  }
  process.stdout.write(
    `${events} events, ${unsealed} of them not sealed yet: all others are as they were sealed` +
      `${published > 0 ? `, ${published} blocks as published` : ''}. 记录一致。\n`,
  );
  return 0;
}

const root = z.object({
  brand: z.string(),
  block: z.int(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** As GET /api/v1/audit/roots answered, saved when they were published. */
function readRoots(path: string): PublishedBlocks {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { items } = z.object({ items: z.array(root) }).parse(content);
    return new Map(items.map((item) => [`${item.brand} ${item.block}`, item.root]));
  } catch (error) {
    throw new CommandError(`${path} holds no roots as GET /api/v1/audit/roots answers them`, {
      cause: error,
    });
  }
}
