import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Brands } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { connect, type Pools } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import { migrate } from '#kernel/migrate.ts';
import { type AccountRef, ledgerPostAll, type Posting } from '#modules/ledger/index.ts';
import { ensureDatabase, startPostgres } from '#server/local/postgres.ts';

/** A ledger alone, on a PostgreSQL with the settings of `./cloudpact up`: every commit is on the disk before it is told. */
export interface Books {
  url: string;
  pools: Pools;
  ctx: Ctx;
  close(): Promise<void>;
}

export async function openBooks(size: number): Promise<Books> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
  const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
  await ensureDatabase(postgres, 'ledger');
  const url = postgres.url('ledger');
  await migrate(url);
  const pools = connect(url, size);
  const brands = Brands.load(join(import.meta.dirname, '../brands'));
  const ctx: Ctx = {
    now: new Date('2026-03-02T02:00:00Z'),
    brand: brands.get('lantian'),
    actor: { kind: 'system', name: 'bench' },
    locale: 'zh',
    bus: new Bus(),
    requestId: null,
    ip: null,
    userAgent: null,
  };
  return {
    url,
    pools,
    ctx,
    async close() {
      await pools.close();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const cash = (customer: string): AccountRef => ({ kind: 'customer_cash', owner: customer });

export function transfer(sourceId: string, from: AccountRef, to: AccountRef, amount = 1_000n): Posting {
  return {
    kind: 'bench',
    source: 'bench',
    sourceId,
    lines: [
      { account: from, amount: -amount },
      { account: to, amount },
    ],
  };
}

/** Customers c1 … cN, each with more than any bench spends. */
export async function endow({ pools, ctx }: Books, customers: number): Promise<void> {
  const topUps = Array.from({ length: customers }, (_, i) =>
    transfer(
      `endow-${i + 1}`,
      { kind: 'channel_clearing', owner: 'alipay' },
      cash(`c${i + 1}`),
      1_000_000_000_000n,
    ),
  );
  await ledgerPostAll(pools.db, ctx, topUps);
}
