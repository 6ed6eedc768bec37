import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { connect, transactReading } from '#kernel/db.ts';
import { ledgerVerify, type PublishedRoots, type Verdict } from '#modules/ledger/index.ts';
import { CommandError, command, dataDirOf, UsageError } from './command.ts';
import { openDatabase } from './own-database.ts';

/**
 * `ledger verify`: computes the books anew from their entries and names the first row that differs. Exit code 1 when
 * one does.
 */
export const run = command({
  options: { data: { type: 'string' }, roots: { type: 'string' } },
  words: ['what'],
  run: async (values, [what]) => {
    if (what !== 'verify') throw new UsageError("what of the ledger? './cloudpact ledger verify'");
    const published = values.roots === undefined ? new Map<string, string>() : readRoots(values.roots);
    const database = await openDatabase(dataDirOf(values.data));
    try {
      const { db, close } = connect(database.url, 1);
      try {
        const verdict = await transactReading(db, (tx) => ledgerVerify(tx, published));
        return tell(verdict, published.size);
      } finally {
        await close();
      }
    } finally {
      await database.close();
    }
  },
});

function tell({ entries, sealed, difference }: Verdict, published: number): number {
  for (const { brand, days, day, root } of sealed)
    process.stdout.write(`${brand}: ${days} sealed days, the last ${day}, root ${root}\n`);
  if (difference) {
    process.stdout.write(`DIFFERS 不一致: ${difference.table} ${difference.row} ${difference.what}\n`);
    return 1;
  }
  process.stdout.write(
    `${entries} entries: transactions sum to zero, balances follow from entries, sealed days have their roots` +
      `${published > 0 ? `, ${published} as published` : ''}. 账目一致。\n`,
  );
  return 0;
}

const root = z.object({
  brand: z.string(),
  day: z.iso.date(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** As GET /api/v1/ledger/roots answered, saved when they were published. */
function readRoots(path: string): PublishedRoots {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { items } = z.object({ items: z.array(root) }).parse(content);
    return new Map(items.map((item) => [`${item.brand} ${item.day}`, item.root]));
  } catch (error) {
    throw new CommandError(`${path} holds no roots as GET /api/v1/ledger/roots answers them`, {
      cause: error,
    });
  }
}
