import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Tx, transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import { cashBalance, type Line, ledgerCheck, ledgerPost, type Posting } from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { move, type Outcome, ofRun, PlainLedger, plan } from './plain-ledger.ts';

/** The real ledger against the plainest one that could be right. */

let world: World;
let run = 0;
before(async () => {
  world = await testWorld();
});

const own = (planned: { sourceId: string; lines: Line[] }) => ofRun(run, planned);

async function postReal(posting: Posting): Promise<Outcome> {
  const { house } = world.server;
  try {
    const work = (tx: Tx) => ledgerPost(tx, systemCtx(house, 'lantian', 'simulation'), posting);
    return (await transact(house.db, work)).posted ? 'posted' : 'repeated';
  } catch (error) {
    if (error instanceof Problem && error.code === 'insufficient-balance') return 'insufficient';
    if (violated(error) === 'ledger_transaction_balanced') return 'unbalanced';
    throw error;
  }
}

async function balances(): Promise<Map<string, bigint>> {
  const rows = await world.server.house.db
    .selectFrom('ledger_account')
    .select(['kind', 'owner', 'balance_micro'])
    .where('owner', 'like', `${run}-%`)
    .execute();
  return new Map(rows.map((row) => [`${row.kind}/${row.owner}`, row.balance_micro]));
}

function agree(real: Map<string, bigint>, plain: Map<string, bigint>): void {
  for (const name of new Set([...real.keys(), ...plain.keys()]))
    assert.equal(real.get(name) ?? 0n, plain.get(name) ?? 0n, name);
}

async function whole(): Promise<void> {
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  const rows = await world.server.house.db
    .selectFrom('ledger_account')
    .select('balance_micro')
    .where('kind', '=', 'customer_cash')
    .where('balance_micro', '<', 0n)
    .execute();
  assert.deepEqual(rows, [], 'nobody owes');
}

test('one after another: every outcome and every balance as in the plain ledger', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 25 }), async (plans) => {
      run += 1;
      const plain = new PlainLedger();
      for (const posting of plans.map(own)) assert.equal(await postReal(posting), plain.post(posting));
      agree(await balances(), plain.balances);
      await whole();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('all at once: what was posted explains every balance, nothing twice, nobody below zero', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 10, maxLength: 40 }), async (plans) => {
      run += 1;
      const postings = plans.map(own);
      const outcomes = await Promise.all(postings.map(postReal));
      const explained = new Map<string, bigint>();
      const posted = new Set<string>();
      for (const [i, { sourceId, lines }] of postings.entries()) {
        if (outcomes[i] !== 'posted') continue;
        assert.ok(!posted.has(sourceId), 'one cause, one posting');
        posted.add(sourceId);
        for (const { account, amount } of lines) {
          const name = `${account.kind}/${account.owner}`;
          explained.set(name, (explained.get(name) ?? 0n) + amount);
        }
      }
      for (const [i, { sourceId }] of postings.entries())
        if (outcomes[i] === 'repeated') assert.ok(posted.has(sourceId));
      agree(await balances(), explained);
      await whole();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('F26 a hundred at once from one balance: as many as it covers', async () => {
  run += 1;
  await postReal(
    own({
      sourceId: 'in',
      lines: move(
        { kind: 'channel_clearing', owner: 'alipay' },
        { kind: 'customer_cash', owner: 'a' },
        1_000n,
      ),
    }),
  );
  const spends = Array.from({ length: 100 }, (_, i) =>
    own({
      sourceId: `out-${i}`,
      lines: move({ kind: 'customer_cash', owner: 'a' }, { kind: 'deferred_revenue', owner: 'p' }, 30n),
    }),
  );
  const outcomes = await Promise.all(spends.map(postReal));
  assert.equal(outcomes.filter((outcome) => outcome === 'posted').length, 33);
  assert.equal(await cashBalance(world.server.house.db, 'lantian', `${run}-a`), 10n);
  await whole();
});
