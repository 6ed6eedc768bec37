import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FEN, type Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import { spend } from '#modules/gifts/rules.ts';
import {
  type Cover,
  changeCost,
  durationPrice,
  gross,
  lastsUntil,
  rebased,
  takeBack,
  unconsumed,
} from './proration.ts';
import { earnedAt } from './rules.ts';

const FROM = new Date('2026-03-02T02:00:00Z');
const MONTH = 31 * 86_400_000;
const TO = addMs(FROM, MONTH);
const price = fc.bigInt({ min: 0n, max: 10n ** 12n });
const tax = (amount: Micro) => (amount * 6n) / 106n;

function cover(orderId: string, startsAt: Date, amount: Micro): Cover {
  const contained = tax(amount);
  return { orderId, accrual: { startsAt, endsAt: TO, amount: amount - contained }, tax: contained };
}

/** A paid period that changes plan again and again, as billing does it, without a database. */
class Period {
  readonly rates: Micro[];
  plan = 0;
  covers: Cover[];
  paid: Micro;
  back: Micro = 0n;
  #orders = 1;

  constructor(rates: Micro[]) {
    this.rates = rates;
    this.paid = rates[0]!;
    this.covers = [cover('0', FROM, this.paid)];
  }

  worth(now: Date): Micro {
    return this.covers.reduce((sum, one) => sum + gross(unconsumed(one, now)), 0n);
  }

  change(plan: number, now: Date): Micro {
    const [before, after] = [this.rates[this.plan]!, this.rates[plan]!];
    const cost = changeCost({ from: FROM, to: TO, now, before, after, worth: this.worth(now) });
    this.plan = plan;
    if (cost > 0n) {
      this.covers.unshift(cover(String(this.#orders++), now, cost));
      this.paid += cost;
      return cost;
    }
    const lefts = this.covers.map((one) => ({ orderId: one.orderId, left: unconsumed(one, now) }));
    const parts = takeBack(-cost, lefts);
    for (const part of parts) {
      const at = this.covers.findIndex(({ orderId }) => orderId === part.orderId);
      const taken = { net: part.amount - part.tax, tax: part.tax };
      this.covers[at] = rebased(this.covers[at]!, taken, now);
      this.back += part.amount;
    }
    return -parts.reduce((sum, { amount }) => sum + amount, 0n);
  }
}

const rates = fc.array(price, { minLength: 2, maxLength: 5 });
const moments = fc.array(fc.integer({ min: 0, max: MONTH }), { maxLength: 25 });
const walk = fc.tuple(rates, moments, fc.array(fc.nat(4), { minLength: 25, maxLength: 25 }));

test('F34 from one plan to another and back at once costs nothing, at any time and after any changes', () => {
  fc.assert(
    fc.property(walk, fc.nat(4), ([prices, at, plans], detour) => {
      const period = new Period(prices);
      for (const [i, ms] of at.sort((a, b) => a - b).entries()) {
        const now = addMs(FROM, ms);
        const home = period.plan;
        const up = period.change(detour % prices.length, now);
        const net = up + period.change(home, now);
        // Down and up again: what is there may be worth a little less than the price's rest, half a fen for each rounding.
        assert.ok(up > 0n ? net === 0n : net >= 0n && net <= BigInt(i + 2) * FEN, `${up} ${net}`);
        assert.ok(up % FEN === 0n && net % FEN === 0n, 'whole fen are paid and given back');
        period.change(plans[i]! % prices.length, now);
      }
    }),
  );
});

test('F34 round by any number of plans and home again at once gives nothing back: no fen can be won by rounding', () => {
  fc.assert(
    fc.property(walk, ([prices, at, plans]) => {
      const period = new Period(prices);
      for (const [i, ms] of at.sort((a, b) => a - b).entries()) {
        const now = addMs(FROM, ms);
        const home = period.plan;
        const round = [plans[i]!, plans[(i + 7) % 25]!, plans[(i + 13) % 25]!].map((n) => n % prices.length);
        const net = [...round, home].reduce((sum, plan) => sum + period.change(plan, now), 0n);
        assert.ok(net >= 0n, `${net} by ${round.join(' ')} from ${home}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('F34 whatever is changed: never more back than was paid, and what was paid is earned, returned or left', () => {
  fc.assert(
    fc.property(walk, ([prices, at, plans]) => {
      const period = new Period(prices);
      for (const [i, ms] of at.sort((a, b) => a - b).entries()) {
        const now = addMs(FROM, ms);
        const worth = period.worth(now);
        const cost = period.change(plans[i]! % prices.length, now);
        assert.equal(period.worth(now), worth + cost, 'the rest is worth what was paid for it');
        assert.ok(period.back <= period.paid);
        for (const { accrual, tax: left } of period.covers) {
          assert.ok(left >= 0n && (accrual.base ?? 0n) >= 0n && accrual.amount >= (accrual.base ?? 0n));
          assert.ok(earnedAt(accrual, now) <= accrual.amount);
        }
      }
      assert.equal(period.worth(TO), 0n, 'at the end all is consumed');
      const kept = period.covers.reduce((sum, { accrual }) => sum + earnedAt(accrual, TO), 0n);
      assert.ok(kept <= period.paid - period.back);
    }),
  );
});

test('what is taken back sums to what was asked, never more than is left, the newest order first', () => {
  const lefts = fc.array(fc.record({ net: price, tax: price }), { maxLength: 6 });
  fc.assert(
    fc.property(lefts, price, (values, amount) => {
      const covers = values.map((left, i) => ({ orderId: String(i), left }));
      const whole = values.reduce((sum, value) => sum + gross(value), 0n);
      const parts = takeBack(amount, covers);
      assert.equal(
        parts.reduce((sum, part) => sum + part.amount, 0n),
        amount < whole ? amount : whole,
      );
      for (const part of parts) {
        const { left } = covers[Number(part.orderId)]!;
        assert.ok(part.amount <= gross(left) && part.tax <= left.tax && part.amount - part.tax <= left.net);
      }
    }),
  );
});

test('time is bought for what it costs, to a millisecond’s worth', () => {
  const monthly = fc.bigInt({ min: 1_000_000n, max: 10n ** 10n });
  const amount = fc.bigInt({ min: 1n, max: 10n ** 11n });
  const start = fc.integer({ min: 0, max: 400 }).map((days) => addMs(FROM, days * 86_400_000));
  fc.assert(
    fc.property(monthly, amount, start, (each, value, from) => {
      fc.pre(value / each < 60n);
      const until = lastsUntil(value, each, from, 'Asia/Shanghai');
      const cost = durationPrice(each, from, until, 'Asia/Shanghai');
      assert.ok(cost <= value && value - cost <= each / 2_000_000_000n + 2n, `${value} ${cost}`);
    }),
  );
});

test('F30 an amount is paid by gifts in scope, soonest end first, then cash, to the whole', () => {
  const gift = fc.record({
    left: price,
    days: fc.nat(100),
    products: fc.constantFrom<string[]>([], ['vps'], ['cdn']),
  });
  fc.assert(
    fc.property(
      fc.array(gift, { maxLength: 8 }),
      price,
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 12n }),
      (all, amount, cash) => {
        const gifts = all.map(({ left, days, products }, i) => ({
          ...{ id: `g${i}`, customerId: 'c', left, products },
          expiresAt: addMs(FROM, days * 86_400_000),
        }));
        const spent = spend(amount, 'vps', gifts, cash);
        assert.equal(spent.gift + spent.cash + spent.missing, amount);
        assert.ok(spent.cash >= 0n && spent.missing >= 0n && spent.cash <= (cash > 0n ? cash : 0n));
        const used = new Map(spent.gifts.map((one) => [one.id, one.amount]));
        const usable = gifts.filter(({ products }) => products.length === 0 || products.includes('vps'));
        for (const { id, left } of gifts) assert.ok((used.get(id) ?? 0n) <= left);
        assert.ok([...used.keys()].every((id) => usable.some((one) => one.id === id)));
        // One that ends later is touched only when all that end sooner are used up.
        for (const later of usable.filter(({ id }) => used.has(id)))
          for (const sooner of usable.filter(({ expiresAt }) => expiresAt < later.expiresAt))
            assert.equal(used.get(sooner.id) ?? 0n, sooner.left);
        if (spent.cash > 0n || spent.missing > 0n)
          assert.equal(
            spent.gift,
            usable.reduce((sum, { left }) => sum + left, 0n),
          );
      },
    ),
  );
});
