import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import {
  balances,
  cashLocked,
  ledgerPostAll,
  ledgerReverse,
  ledgerVerify,
  type Posting,
} from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { move, nameOf, ofRun, PlainLedger, plan } from './plain-ledger.ts';

/** Batches and reversals of the real ledger against the plainest one, one after another and all at once. */

let world: World;
let run = 1_000;
before(async () => {
  world = await testWorld();
});

const ctx = () => systemCtx(world.server.house, 'lantian', 'simulation');

async function postReal(postings: Posting[]): Promise<boolean[] | 'insufficient' | 'unbalanced'> {
  try {
    const posted = await transact(world.server.house.db, (tx) => ledgerPostAll(tx, ctx(), postings));
    return posted.map((result) => result.posted);
  } catch (error) {
    if (error instanceof Problem && error.code === 'insufficient-balance') return 'insufficient';
    if (violated(error) === 'ledger_transaction_balanced') return 'unbalanced';
    throw error;
  }
}

async function agree(plain: Map<string, bigint>): Promise<void> {
  const rows = await world.server.house.db
    .selectFrom('ledger_account')
    .select(['kind', 'owner', 'balance_micro'])
    .where('owner', 'like', `${run}-%`)
    .execute();
  const real = new Map(rows.map((row) => [`${row.kind}/${row.owner}`, row.balance_micro]));
  for (const name of new Set([...real.keys(), ...plain.keys()]))
    assert.equal(real.get(name) ?? 0n, plain.get(name) ?? 0n, name);
}

/** Recomputed from the entries; and no statement ever showed less than nothing. */
async function whole(): Promise<void> {
  const { db } = world.server.house;
  assert.equal((await transact(db, (tx) => ledgerVerify(tx))).difference, null);
  const { rows } = await sql`select e.id from ledger_entry e join ledger_account a on a.id = e.account_id
    where e.balance_micro < a.floor_micro`.execute(db);
  assert.deepEqual(rows, []);
}

const batches = fc.array(fc.array(plan, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 });

test('batches one after another: all or none, each cause once, every balance as in the plain ledger', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (plans) => {
      run += 1;
      const plain = new PlainLedger();
      for (const batch of plans) {
        const postings = batch.map((planned) => ofRun(run, planned));
        assert.deepEqual(await postReal(postings), plain.postAll(postings));
      }
      await agree(plain.balances);
      await whole();
    }),
    { numRuns: 30, endOnFailure: true },
  );
});

test('batches on many connections at once: what was posted explains every balance, nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(plan, { minLength: 1, maxLength: 8 }), { minLength: 8, maxLength: 24 }),
      async (plans) => {
        run += 1;
        const all = plans.map((batch) => batch.map((planned) => ofRun(run, planned)));
        const outcomes = await Promise.all(all.map(postReal));
        const explained = new Map<string, bigint>();
        const seen = new Set<string>();
        for (const [i, postings] of all.entries()) {
          const outcome = outcomes[i]!;
          if (typeof outcome === 'string') continue;
          for (const [j, { sourceId, lines }] of postings.entries()) {
            if (!outcome[j]) continue;
            assert.ok(!seen.has(sourceId), 'one cause, one posting');
            seen.add(sourceId);
            for (const { account, amount } of lines)
              explained.set(nameOf(account), (explained.get(nameOf(account)) ?? 0n) + amount);
          }
        }
        await agree(explained);
        await whole();
      },
    ),
    { numRuns: 20, endOnFailure: true },
  );
});

const clearing = { kind: 'channel_clearing', owner: 'alipay' } as const;
const cash = { kind: 'customer_cash', owner: 'a' } as const;

test('a cause that stands twice in a batch is posted once, and both are answered with its transaction', async () => {
  run += 1;
  const posting = ofRun(run, { sourceId: 'x', lines: move(clearing, cash, 5n) });
  const again = { ...posting, lines: [...posting.lines].reverse() };
  const { db } = world.server.house;
  const [first, second] = await ledgerPostAll(db, ctx(), [posting, again]);
  assert.deepEqual([first!.posted, second!.posted], [true, false]);
  assert.equal(first!.id, second!.id);
  assert.deepEqual(await ledgerPostAll(db, ctx(), [again]), [{ id: first!.id, posted: false }]);
});

test('what a batch spends before it brings it in is refused, also when it evens out', async () => {
  run += 1;
  const spend = ofRun(run, { sourceId: 'out', lines: move(cash, { kind: 'revenue', owner: 'p' }, 5n) });
  const bring = ofRun(run, { sourceId: 'in', lines: move(clearing, cash, 5n) });
  assert.equal(await postReal([spend, bring]), 'insufficient');
  assert.deepEqual(await postReal([bring, spend]), [true, true]);
});

test('the refusal says how much is missing, and a batch can know beforehand who can’t pay', async () => {
  run += 1;
  await postReal([ofRun(run, { sourceId: 'in', lines: move(clearing, cash, 3_000_000n) })]);
  const { db } = world.server.house;
  const spends = Array.from({ length: 3 }, (_, i) =>
    ofRun(run, { sourceId: `out-${i}`, lines: move(cash, { kind: 'revenue', owner: 'p' }, 1_500_000n) }),
  );
  await assert.rejects(
    ledgerPostAll(db, ctx(), spends),
    (error) => error instanceof Problem && error.extra.missing === '1.50',
  );
  const locked = await transact(db, (tx) => cashLocked(tx, ctx(), [`${run}-a`, `${run}-nobody`]));
  assert.deepEqual([...locked.values()], [3_000_000n, 0n]);
});

test('a reversal mirrors what it names, once, and not what was spent meanwhile', async () => {
  run += 1;
  const { db } = world.server.house;
  const bring = ofRun(run, { sourceId: 'in', lines: move(clearing, cash, 500n) });
  const [{ id }] = (await ledgerPostAll(db, ctx(), [bring])) as [{ id: string; posted: boolean }];
  const reverse = (sourceId: string) =>
    transact(db, (tx) => ledgerReverse(tx, ctx(), { source: `run-${run}`, sourceId, reverses: id }));

  await postReal([ofRun(run, { sourceId: 'out', lines: move(cash, { kind: 'revenue', owner: 'p' }, 100n) })]);
  await assert.rejects(reverse('undo'), { code: 'insufficient-balance' });
  await postReal([ofRun(run, { sourceId: 'more', lines: move(clearing, cash, 100n) })]);
  const undone = await reverse('undo');
  assert.equal(undone.posted, true);
  assert.deepEqual(await reverse('undo'), { id: undone.id, posted: false });
  await assert.rejects(reverse('undo again'), { code: 'already-reversed' });
  const row = await db
    .selectFrom('ledger_transaction')
    .select(['kind', 'reverses'])
    .where('id', '=', undone.id)
    .executeTakeFirstOrThrow();
  assert.deepEqual(row, { kind: 'reversal', reverses: id });
  assert.deepEqual(await balances(db, 'lantian', `${run}-a`), {
    cash: 0n,
    gift: 0n,
    frozen: 0n,
    receivable: 0n,
  });
  await assert.rejects(
    transact(db, (tx) =>
      ledgerReverse(
        tx,
        { ...ctx(), brand: { ...ctx().brand, id: 'other' } },
        { source: 'x', sourceId: 'x', reverses: id },
      ),
    ),
    { code: 'not-found' },
  );
});
