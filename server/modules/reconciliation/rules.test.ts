import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Billed, type Books, compare, type OurRefund, type OurTrade } from './rules.ts';

const trade = (number: string, changes: Partial<OurTrade> = {}): OurTrade => ({
  ...{ id: `id-${number}`, number, state: 'paid', paid: 20_000_000n },
  ...changes,
});
const billed = (outTradeNo: string, changes: Partial<Billed> = {}): Billed => ({
  ...{ kind: 'payment', outTradeNo, outRefundNo: null, amount: 20_000_000n, fee: 120_000n },
  ...changes,
});
const refund = (number: string, changes: Partial<OurRefund> = {}): OurRefund => ({
  ...{ id: `id-${number}`, number, state: 'done', amount: 5_000_000n },
  ...changes,
});
const books = (changes: Partial<Books> = {}): Books => ({
  ...{ trades: [], refunds: [], tradesOfDay: [], refundsOfDay: [] },
  ...changes,
});
const kinds = (bill: Billed[], ours: Books) => compare(bill, ours).findings.map(({ kind }) => kind);

test('a payment of the bill against ours, case by case', () => {
  const told: [OurTrade | null, Partial<Billed>, string[]][] = [
    [trade('1'), {}, []],
    [trade('1', { state: 'returned', paid: null }), {}, []],
    [null, {}, ['not-ours']],
    [trade('1', { state: 'pending', paid: null }), {}, ['uncredited']],
    [trade('1', { state: 'closed', paid: null }), {}, ['uncredited']],
    [trade('1', { state: 'held', paid: null }), {}, ['uncredited']],
    [trade('1'), { amount: 19_990_000n }, ['amount-differs']],
    [trade('1'), { fee: 200_000n }, []],
    [trade('1'), { fee: 210_000n }, ['fee-high']],
  ];
  for (const [ours, line, expected] of told)
    assert.deepEqual(kinds([billed('1', line)], books({ trades: ours ? [ours] : [] })), expected);
  const twice = compare([billed('1'), billed('1')], books({ trades: [trade('1')] }));
  assert.deepEqual([twice.matched, twice.findings[0]!.detail], [1, 'twice in the bill']);
});

test('a refund of the bill against ours, case by case; one without a number goes by its trade', () => {
  const line: Partial<Billed> = { kind: 'refund', outRefundNo: 'R1', amount: 5_000_000n, fee: -30_000n };
  const told: [OurRefund | null, Partial<Billed>, string[]][] = [
    [refund('R1'), {}, []],
    [null, {}, ['refund-not-ours']],
    [refund('R1', { state: 'processing' }), {}, ['refund-unsettled']],
    [refund('R1', { state: 'failed' }), {}, ['refund-differs']],
    [refund('R1'), { amount: 4_000_000n }, ['refund-differs']],
    [refund('1/'), { outRefundNo: '' }, []],
  ];
  for (const [ours, changes, expected] of told)
    assert.deepEqual(
      kinds([billed('1', { ...line, ...changes })], books({ refunds: ours ? [ours] : [] })),
      expected,
    );
});

test('for any bill and any books: a line is matched or found, and what we settled that day is in the bill or found', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }).map(String), { maxLength: 20 });
  fc.assert(
    fc.property(numbers, numbers, numbers, (inBill, known, ofDay) => {
      const bill = inBill.map((number) => billed(number, { fee: 0n }));
      const trades = [...new Set([...known, ...ofDay])].map((number) => trade(number));
      const tradesOfDay = ofDay.map((number) => trade(number));
      const { matched, findings } = compare(bill, books({ trades, tradesOfDay }));
      const missing = ofDay.filter((number) => !inBill.includes(number));
      const strange = inBill.filter((number) => !known.includes(number) && !ofDay.includes(number));
      assert.equal(matched + strange.length, bill.length);
      assert.deepEqual(
        findings.map(({ kind, number }) => `${kind} ${number}`).sort(),
        [
          ...strange.map((number) => `not-ours ${number}`),
          ...missing.map((number) => `missing-there ${number}`),
        ].sort(),
      );
    }),
  );
});
