import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  EMPTY_MONTH,
  type MonthState,
  type PriceBook,
  type PriceList,
  rate,
  type Usage,
  worth,
} from './rating.ts';

/** Against a plain reckoning that takes one base unit at a time. */

const size = fc.bigInt(1n, 7n);
const tiers = fc
  .array(fc.record({ width: fc.bigInt(1n, 20n), price: fc.bigInt(0n, 9n) }), { minLength: 1, maxLength: 4 })
  .map((rows) => {
    let end = 0n;
    return rows.map(({ width, price }, i) => {
      end += width;
      return { upTo: i === rows.length - 1 ? null : end, price };
    });
  });

function list(tariff: number, mode: fc.Arbitrary<PriceList['mode']>): fc.Arbitrary<PriceList> {
  return fc.record({ tariff: fc.constant(tariff), free: fc.bigInt(0n, 10n), mode, tiers });
}

const book: fc.Arbitrary<PriceBook> = fc.record({
  size,
  lists: fc
    .constantFrom('graduated' as const, 'volume' as const)
    .chain((mode) => fc.tuple(list(1, fc.constant(mode)))),
});

const quantities = fc.array(fc.bigInt(0n, 30n), { maxLength: 12 });
const packages = fc
  .array(fc.bigInt(1n, 25n), { maxLength: 3 })
  .map((lefts) => lefts.map((left, i) => ({ id: `p${i}`, left })));

/** Charges one after another, as settlements do; what a charge took of a package is gone for the next. */
function charged(prices: PriceBook, usage: Usage[][]) {
  let state: MonthState = EMPTY_MONTH;
  let amount = 0n;
  let carried = 0n;
  for (const each of usage) {
    const used = (id: string) => state.packages.find((row) => row.id === id)?.quantity ?? 0n;
    const now = each.map((item) => ({
      ...item,
      packages: item.packages.map(({ id, left }) => ({ id, left: left - used(id) })),
    }));
    const rated = rate(prices, state, now);
    assert.equal(rated.carriedIn, carried, 'a charge begins with what the one before it left');
    const products = rated.parts.reduce((sum, { product }) => sum + product, 0n);
    assert.equal(rated.amount * prices.size, products + rated.carriedIn - rated.carriedOut, 'it adds up');
    assert.equal(
      rated.parts.reduce((sum, { quantity }) => sum + quantity, 0n),
      each.reduce((sum, { quantity }) => sum + quantity, 0n),
      'every unit is in a part',
    );
    ({ state } = rated);
    amount += rated.amount;
    carried = rated.carriedOut;
  }
  return { state, amount };
}

/** One unit at a time. */
function naive(prices: PriceBook, total: bigint, quota: { left: bigint }[]): bigint {
  const [{ free, mode, tiers: steps }] = prices.lists as [PriceList];
  const prepaid = free + quota.reduce((sum, { left }) => sum + left, 0n);
  const paid = total > prepaid ? total - prepaid : 0n;
  const priceAt = (unit: bigint) => steps.find(({ upTo }) => upTo === null || unit <= upTo)!.price;
  let sum = 0n;
  for (let unit = 1n; unit <= paid; unit++) sum += priceAt(mode === 'volume' ? paid : unit);
  return sum / prices.size;
}

test('a month costs what it costs unit by unit, floored once, in whatever steps it is charged', () => {
  fc.assert(
    fc.property(book, quantities, packages, fc.integer({ min: 1, max: 4 }), (prices, parts, quota, step) => {
      const usage = parts.map((quantity) => ({ tariff: 1, quantity, packages: quota }));
      const total = parts.reduce((sum, part) => sum + part, 0n);
      const wanted = naive(prices, total, quota);
      const split = Array.from({ length: Math.ceil(usage.length / step) }, (_, i) =>
        usage.slice(i * step, (i + 1) * step),
      );
      const [inSteps, atOnce] = [charged(prices, split), charged(prices, [usage])];
      assert.equal(inSteps.amount, wanted);
      assert.equal(atOnce.amount, wanted);
      assert.equal(worth(prices, inSteps.state), wanted);
      assert.deepEqual(inSteps.state, atOnce.state);
    }),
    { numRuns: 1_000 },
  );
});

test('what is taken back costs as if it had never been', () => {
  fc.assert(
    fc.property(book, quantities, packages, fc.bigInt(0n, 100n), (prices, parts, quota, wish) => {
      const total = parts.reduce((sum, part) => sum + part, 0n);
      const back = wish < total ? wish : total;
      const usage = parts.map((quantity) => [{ tariff: 1, quantity, packages: quota }]);
      const after = charged(prices, [...usage, [{ tariff: 1, quantity: -back, packages: quota }]]);
      assert.equal(after.amount, naive(prices, total - back, quota));
      assert.throws(
        () => charged(prices, [...usage, [{ tariff: 1, quantity: -total - 1n, packages: quota }]]),
        RangeError,
      );
    }),
    { numRuns: 500 },
  );
});

test('with two tariffs in a month the order in which readings come makes no difference to the money', () => {
  const two = fc.record({
    size,
    lists: fc
      .tuple(list(1, fc.constant('graduated' as const)), list(2, fc.constant('graduated' as const)))
      .map(
        // A free quota is used in the order of charging; here it is the same for both.
        ([first, second]) => [first, { ...second, free: first.free }],
      ),
  });
  const readings = fc.array(fc.record({ tariff: fc.constantFrom(1, 2), quantity: fc.bigInt(0n, 20n) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(two, readings, (prices, rows) => {
      const noFree = { ...prices, lists: prices.lists.map((one) => ({ ...one, free: 0n })) };
      const usage = rows.map((row) => [{ ...row, packages: [] }]);
      assert.equal(charged(noFree, usage).amount, charged(noFree, usage.toReversed()).amount);
      const inTurn = usage.toSorted((a, b) => a[0]!.tariff - b[0]!.tariff);
      assert.equal(charged(noFree, usage).amount, charged(noFree, [inTurn.flat()]).amount);
    }),
  );
});

test('a late reading of an old tariff moves what came after it into its tier, and the charge says so', () => {
  const prices: PriceBook = {
    size: 1n,
    lists: [
      {
        tariff: 1,
        free: 0n,
        mode: 'graduated',
        tiers: [
          { upTo: 10n, price: 5n },
          { upTo: null, price: 1n },
        ],
      },
      {
        tariff: 2,
        free: 0n,
        mode: 'graduated',
        tiers: [
          { upTo: 10n, price: 50n },
          { upTo: null, price: 10n },
        ],
      },
    ],
  };
  const of = (tariff: number, quantity: bigint) => [{ tariff, quantity, packages: [] }];
  const first = rate(prices, EMPTY_MONTH, of(1, 4n));
  const second = rate(prices, first.state, of(2, 10n));
  assert.equal(first.amount, 20n);
  assert.equal(second.amount, 6n * 50n + 4n * 10n);
  const late = rate(prices, second.state, of(1, 5n));
  assert.equal(late.amount, 9n * 5n + 1n * 50n + 9n * 10n - (20n + 340n));
  assert.deepEqual(
    late.parts.map((part) => part.kind === 'tier' && [part.tariff, part.tier, part.quantity]),
    [
      [1, 0, 5n],
      [2, 0, -5n],
      [2, 1, 5n],
    ],
  );
});
