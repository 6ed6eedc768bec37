import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { systemCtx } from '#kernel/house.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { type AccountRef, ledgerPostAll } from '#modules/ledger/index.ts';
import { sweeps } from '#modules/ledger/jobs.ts';
import type { World } from '#server/world.ts';

export const CUSTOMERS = [randomUUID(), randomUUID(), randomUUID()];
export const CLEARING: AccountRef = { kind: 'channel_clearing', owner: 'alipay' };
export const cashOf = (owner: string): AccountRef => ({ kind: 'customer_cash', owner });

/** So many top-ups, each customer in turn, dated now. */
export async function topUps(world: World, count: number): Promise<void> {
  const { house } = world.server;
  const postings = Array.from({ length: count }, (_, i) => ({
    kind: 'top-up',
    source: 'seal-test',
    sourceId: randomUUID(),
    lines: [
      { account: CLEARING, amount: -1_000n - BigInt(i) },
      { account: cashOf(CUSTOMERS[i % 3]!), amount: 1_000n + BigInt(i) },
    ],
    memo: { note: `第 ${i} 笔` },
  }));
  await ledgerPostAll(house.db, systemCtx(house, 'lantian', 'seal-test'), postings);
}

export function sealSweep({ server, clock }: World): Promise<number> {
  return sweepAll(sweeps(server.house)[0]!, clock.now());
}

export async function sealedDays({ server }: World): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select day from ledger_root where brand = 'lantian' order by day`.execute(server.house.db);
  return rows.map(({ day }) => day);
}

/** Seals up to this day. Other databases of the same PostgreSQL may have something open for a moment. */
export async function sealedUntil(world: World, day: string): Promise<void> {
  for (
    const deadline = performance.now() + 60_000;
    !(await sealedDays(world)).includes(day);
    await sleep(50)
  ) {
    assert.ok(performance.now() < deadline, `${day} isn't sealed`);
    await sealSweep(world);
  }
}
