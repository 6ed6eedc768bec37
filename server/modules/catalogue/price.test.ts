import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MoneyError, parseYuan, split } from '#kernel/money.ts';
import { Problem } from '#kernel/problem.ts';
import { type CatalogueDocument, catalogueFile } from './document.ts';
import { type Discount, price, priceKept, taxIn } from './price.ts';
import { priceListApply, priceListOf } from './price-list.ts';
import { priceChanges } from './rules.ts';

const name = (text: string) => ({ zh: text, en: text });
const limits = { cpus: 1, memory_mb: 512, disk_gb: 5, bandwidth_mbps: 20, ports: 10, processes: 500 };
const plan = (id: string, price: string) => ({ id, name: name(id), price, regions: ['hk'], ...limits });
const FILE = {
  regions: [{ id: 'hk', mainland: false, name: name('hk') }],
  images: [],
  products: [
    {
      id: 'vps',
      name: name('vps'),
      summary: name('vps'),
      plans: [plan('s', '9.90'), plan('m', '19.99')],
      options: [
        { id: 'disk_gb', name: name('disk'), unit: name('GB'), price: '0.45', step: 5, max: 50 },
        { id: 'cpus', name: name('cpu'), unit: name('core'), price: '7', max: 4, plans: ['m'] },
      ],
      period_discounts: [{ months: 12, percent: '12.5' }],
    },
    { id: 'web', name: name('web'), summary: name('web'), plans: [plan('w', '3.33')] },
  ],
  tax: { rate: '0.06', included: true },
  metered: [],
};
const catalogue: CatalogueDocument = catalogueFile.parse(FILE);
const one = (selection: Partial<Parameters<typeof price>[1][number]>) => ({
  ...{ plan: 's', region: 'hk', months: 1 },
  ...selection,
});
const raises = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('options add to the machine and to the price, periods take off, tax is contained', () => {
  const { total, tax, pieces, lines } = price(catalogue, [
    one({ plan: 'm', months: 12, options: { disk_gb: 10, cpus: 2 }, quantity: 2 }),
  ]);
  // (19.99 + 4.50 + 14.00) × 12 = 461.88 less 12.5 % = 404.14 (rounded to the fen) each.
  assert.equal(pieces[0]!.amount, parseYuan('404.14'));
  assert.equal(total, parseYuan('808.28'));
  assert.equal(tax, 2n * taxIn(catalogue, parseYuan('404.14')));
  assert.equal(taxIn(catalogue, parseYuan('106')), parseYuan('6'));
  assert.equal(lines.length, 4);
  assert.deepEqual([pieces[0]!.plan.disk_gb, pieces[0]!.plan.cpus, pieces[0]!.plan.memory_mb], [15, 3, 512]);
  assert.equal(pieces[0]!.monthly, parseYuan('38.49'));
  assert.throws(() => price(catalogue, [one({ options: { cpus: 1 } })]), raises('option-unknown'));
  for (const disk_gb of [3, 55, -5, 2.5, Number.NaN])
    assert.throws(() => price(catalogue, [one({ options: { disk_gb } })]), raises('option-quantity'));
});

test('F30 whatever is bought with whatever coupon: lines, pieces and taxes sum to the whole, nothing below zero', () => {
  const selection = fc.record({
    plan: fc.constantFrom('s', 'm', 'w'),
    region: fc.constant('hk'),
    months: fc.integer({ min: 1, max: 36 }),
    quantity: fc.integer({ min: 1, max: 7 }),
    options: fc.constantFrom({}, {}),
  });
  const scope = fc.constantFrom<string[]>([], ['vps'], ['web']);
  const off = fc.oneof(
    fc.integer({ min: 1, max: 10_000 }).map((basisPoints) => ({ basisPoints })),
    fc.bigInt({ min: 1n, max: 10n ** 10n }).map((amount) => ({ amount })),
  );
  const discount = fc.record({
    name: fc.constant(name('off')),
    off,
    products: scope,
    plans: fc.constant([]),
  });
  fc.assert(
    fc.property(fc.array(selection, { minLength: 1, maxLength: 5 }), fc.option(discount), (cart, coupon) => {
      const inScope = cart.some(
        (each) => !coupon?.products.length || coupon.products.includes(each.plan === 'w' ? 'web' : 'vps'),
      );
      if (!inScope) {
        assert.throws(() => price(catalogue, cart, coupon as Discount), raises('coupon-scope'));
        return;
      }
      const full = price(catalogue, cart);
      const quote = price(catalogue, cart, coupon ?? undefined);
      assert.equal(quote.total, full.total - quote.discount);
      assert.ok(quote.discount >= 0n && quote.total >= 0n);
      const sum = (amounts: bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
      assert.equal(sum(quote.lines.map(({ amount }) => amount)), quote.total);
      assert.equal(sum(quote.pieces.map(({ amount }) => amount)), quote.total);
      assert.equal(sum(quote.pieces.map(({ tax }) => tax)), quote.tax);
      for (const piece of quote.pieces) {
        assert.equal(sum(piece.lines.map(({ amount }) => amount)), piece.amount);
        assert.ok(piece.amount >= 0n && piece.tax >= 0n && piece.tax <= piece.amount);
      }
    }),
  );
});

test('F29 quantity times price past what a column holds is refused', () => {
  const dear = structuredClone(catalogue);
  dear.products[0]!.plans[0]!.price = '9000000000';
  assert.throws(() => price(dear, [one({ months: 36, quantity: 1_000 })]), MoneyError);
  const carts = Array.from({ length: 40 }, () => one({ months: 36 }));
  assert.throws(() => price(dear, carts), MoneyError);
});

test('F30 a split sums to the whole, each part by its weight', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), weights, (total, shares) => {
      const parts = split(total, shares);
      const sum = (values: bigint[]) => values.reduce((whole, value) => whole + value, 0n);
      assert.equal(sum(parts), total);
      const whole = sum(shares);
      if (whole === 0n) return;
      parts.forEach((part, i) => {
        const off = part * whole - total * shares[i]!;
        assert.ok(off < whole && off > -whole, 'less than one from its due');
      });
    }),
  );
});

test('a renewal costs what the service keeps, with the discount of its period', () => {
  const kept = { product: 'vps', plan: 's', months: 12, monthly: parseYuan('8') };
  assert.equal(priceKept(catalogue, kept).amount, parseYuan('84'));
  assert.equal(priceKept(catalogue, { ...kept, months: 3 }).amount, parseYuan('24'));
  assert.equal(priceKept(catalogue, { ...kept, product: 'gone', plan: 'gone' }).amount, parseYuan('96'));
});

test('a price list of a catalogue changes nothing; a changed row changes that price alone', () => {
  const csv = priceListOf(catalogue);
  assert.deepEqual(priceListApply(catalogue, csv), { document: catalogue, faults: [] });
  const { document } = priceListApply(catalogue, csv.replace('vps,,disk_gb,0.45', 'vps,,disk_gb,0.5'));
  assert.deepEqual(
    priceChanges(catalogue, document).map(({ option, from, to }) => [option, from, to]),
    [['disk_gb', '0.45', '0.5']],
  );
});

test('options that contradict their plans are refused', () => {
  const wrong = (change: (product: (typeof FILE)['products'][number]) => void) => {
    const file = structuredClone(FILE);
    change(file.products[0]!);
    return JSON.stringify(catalogueFile.safeParse(file).error?.issues ?? []);
  };
  assert.match(
    wrong((product) => product.options!.push(product.options![0]!)),
    /stands twice/,
  );
  assert.match(
    wrong((product) => (product.options![1]!.plans = ['z'])),
    /there is no plan z/,
  );
  assert.match(
    wrong((product) => (product.options![0]!.max = 51)),
    /no multiple/,
  );
  assert.match(
    wrong((product) => (product.options![0]! = { ...product.options![0]!, id: 'ports', max: 15 })),
    /20 ports/,
  );
  assert.match(
    wrong((product) => product.period_discounts!.push({ months: 12, percent: '1' })),
    /two discounts/,
  );
});
