import fc from 'fast-check';
import type { AccountRef, Line, Posting } from '#modules/ledger/index.ts';

/** The plainest ledger that could be right, and what the business (and nobody in his right mind) does with one. */

export type Outcome = 'posted' | 'repeated' | 'insufficient' | 'unbalanced';

const OWNED = ['customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit'];

export const nameOf = ({ kind, owner }: AccountRef): string => `${kind}/${owner}`;

export class PlainLedger {
  readonly balances = new Map<string, bigint>();
  readonly seen = new Map<string, Line[]>();

  post({ sourceId, lines }: Posting): Outcome {
    if (this.seen.has(sourceId)) return 'repeated';
    const next = new Map(this.balances);
    for (const { account, amount } of lines)
      next.set(nameOf(account), (next.get(nameOf(account)) ?? 0n) + amount);
    if (lines.reduce((sum, { amount }) => sum + amount, 0n) !== 0n) return 'unbalanced';
    for (const [name, balance] of next)
      if (OWNED.includes(name.split('/')[0]!) && balance < 0n) return 'insufficient';
    this.seen.set(sourceId, lines);
    for (const [name, balance] of next) this.balances.set(name, balance);
    return 'posted';
  }

  /** All or none; which were posted, or why nothing was. */
  postAll(postings: Posting[]): boolean[] | 'insufficient' | 'unbalanced' {
    const copy = new PlainLedger();
    for (const [name, balance] of this.balances) copy.balances.set(name, balance);
    for (const [id, lines] of this.seen) copy.seen.set(id, lines);
    const met = new Set<string>();
    const outcomes = postings.map((posting) => {
      if (met.has(posting.sourceId)) return 'repeated';
      met.add(posting.sourceId);
      return copy.post(posting);
    });
    if (outcomes.includes('unbalanced')) return 'unbalanced';
    if (outcomes.includes('insufficient')) return 'insufficient';
    for (const [name, balance] of copy.balances) this.balances.set(name, balance);
    for (const [id, lines] of copy.seen) this.seen.set(id, lines);
    return outcomes.map((outcome) => outcome === 'posted');
  }
}

export const move = (from: AccountRef, to: AccountRef, amount: bigint): Line[] => [
  { account: from, amount: -amount },
  { account: to, amount },
];

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 2_000n }), fc.bigInt({ min: 1n, max: 10n ** 15n }));
const customer = fc.constantFrom('a', 'b', 'c');
const cash = customer.map((owner): AccountRef => ({ kind: 'customer_cash', owner }));
const clearing: AccountRef = { kind: 'channel_clearing', owner: 'alipay' };
const deferred: AccountRef = { kind: 'deferred_revenue', owner: 'p' };
const promotion: AccountRef = { kind: 'promotion', owner: 'all' };
const account = fc.oneof(
  { weight: 2, arbitrary: cash },
  customer.map((owner): AccountRef => ({ kind: 'customer_gift', owner: `g-${owner}`, customer: owner })),
  customer.map((owner): AccountRef => ({ kind: 'customer_frozen', owner })),
  fc.constantFrom<AccountRef>(deferred, { kind: 'revenue', owner: 'p' }, clearing, promotion),
);
const moves = (from: fc.Arbitrary<AccountRef>, to: fc.Arbitrary<AccountRef>) =>
  fc.tuple(from, to, amount).map(([a, b, sum]) => move(a, b, sum));

export const lines: fc.Arbitrary<Line[]> = fc.oneof(
  { weight: 4, arbitrary: moves(fc.constant(clearing), cash) },
  { weight: 4, arbitrary: moves(cash, fc.constant(deferred)) },
  { weight: 3, arbitrary: moves(account, account) },
  {
    weight: 2,
    arbitrary: fc.array(moves(account, account), { minLength: 2, maxLength: 4 }).map((all) => all.flat()),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(account, account, amount, amount).map(([a, b, x, y]) => [
      { account: a, amount: x },
      { account: b, amount: -y - 1n },
    ]),
  },
);

/** Causes come up again and again, in one batch too. */
export const plan = fc.record({ sourceId: fc.nat(60).map(String), lines });

/** Owners and causes of one run don't meet those of another. */
export function ofRun(
  run: number,
  { sourceId, lines: planned }: { sourceId: string; lines: Line[] },
): Posting {
  return {
    kind: 'simulated',
    source: `run-${run}`,
    sourceId,
    lines: planned.map(({ account: { owner, ...rest }, amount: sum }) => ({
      account: { ...rest, owner: `${run}-${owner}` } as AccountRef,
      amount: sum,
    })),
  };
}
