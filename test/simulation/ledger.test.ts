import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Tx, transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import { cashBalance, type Line, ledgerCheck, ledgerPost, type Posting } from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';

/** The real ledger against the plainest one that could be right. */

type Outcome = 'posted' | 'repeated' | 'insufficient' | 'unbalanced';

class PlainLedger {
  readonly balances = new Map<string, bigint>();
  readonly seen = new Set<string>();

  post({ sourceId, lines }: Posting): Outcome {
    if (this.seen.has(sourceId)) return 'repeated';
    const next = new Map(this.balances);
    for (const { account, amount } of lines) {
      const name = `${account.kind}/${account.owner}`;
      next.set(name, (next.get(name) ?? 0n) + amount);
    }
    if (lines.reduce((sum, { amount }) => sum + amount, 0n) !== 0n) return 'unbalanced';
    for (const [name, balance] of next)
      if (name.startsWith('customer_cash') && balance < 0n) return 'insufficient';
    this.seen.add(sourceId);
    for (const [name, balance] of next) this.balances.set(name, balance);
    return 'posted';
  }
}

let world: World;
let run = 0;
before(async () => {
  world = await testWorld();
});

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 2_000n }), fc.bigInt({ min: 1n, max: 10n ** 15n }));
const customer = fc.constantFrom('a', 'b', 'c');
const account = fc.oneof(
  customer.map((owner) => ({ kind: 'customer_cash' as const, owner })),
  fc.constantFrom(
    { kind: 'deferred_revenue' as const, owner: 'p' },
    { kind: 'revenue' as const, owner: 'p' },
    { kind: 'channel_clearing' as const, owner: 'alipay' },
  ),
);
const move = (from: Line['account'], to: Line['account'], amount: bigint): Line[] => [
  { account: from, amount: -amount },
  { account: to, amount },
];
/** What the business does, and what it never should. */
const lines: fc.Arbitrary<Line[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(customer, amount)
      .map(([owner, sum]) =>
        move({ kind: 'channel_clearing', owner: 'alipay' }, { kind: 'customer_cash', owner }, sum),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(customer, amount)
      .map(([owner, sum]) =>
        move({ kind: 'customer_cash', owner }, { kind: 'deferred_revenue', owner: 'p' }, sum),
      ),
  },
  { weight: 2, arbitrary: fc.tuple(account, account, amount).map(([from, to, sum]) => move(from, to, sum)) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(account, account, amount), { minLength: 2, maxLength: 4 })
      .map((moves) => moves.flatMap(([from, to, sum]) => move(from, to, sum))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(account, account, amount, amount).map(([a, b, x, y]) => [
      { account: a, amount: x },
      { account: b, amount: -y - 1n },
    ]),
  },
);
const posting = fc.record({ sourceId: fc.nat(60).map(String), lines });

/** Owners and causes of one run don't meet those of another. */
function own(plan: { sourceId: string; lines: Line[] }): Posting {
  return {
    kind: 'simulated',
    source: `run-${run}`,
    sourceId: plan.sourceId,
    lines: plan.lines.map(({ account, amount }) => ({
      account: { ...account, owner: `${run}-${account.owner}` },
      amount,
    })),
  };
}

async function postReal(plan: Posting): Promise<Outcome> {
  const { house } = world.server;
  try {
    const work = (tx: Tx) => ledgerPost(tx, systemCtx(house, 'lantian', 'simulation'), plan);
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
    fc.asyncProperty(fc.array(posting, { minLength: 1, maxLength: 25 }), async (plans) => {
      run += 1;
      const plain = new PlainLedger();
      for (const plan of plans.map(own)) assert.equal(await postReal(plan), plain.post(plan));
      agree(await balances(), plain.balances);
      await whole();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('all at once: what was posted explains every balance, nothing twice, nobody below zero', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(posting, { minLength: 10, maxLength: 40 }), async (plans) => {
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
