import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { parseYuan } from '#kernel/money.ts';
import { orderRefund } from '#modules/billing/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { BrandSite } from '../support/brand-site.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What billing and debts say becomes papers in the same transaction, or nothing happened at all. */

const BRAND = 'asiayun';

interface Invoice {
  number: string;
  kind: string;
  amount: string;
  tax: string;
  cash: string;
  owed: string;
  credited: string;
  lines: { text: { zh: string }; amount: string }[];
}

test('an order has its invoice with its tax, a refund its credit note with its clause', async () => {
  const world = await testWorld();
  const site = new BrandSite(world, BRAND);
  const customer = await site.customer('100');
  const service = await customer.order({ plan: 'ay-1', months: 3, access: PASSWORD_ACCESS });
  const cookie = customer.api.cookie();
  const invoices = async () => (await site.ask('GET', '/invoices', cookie)).json.items as Invoice[];
  const [bought] = await invoices();
  assert.deepEqual(
    [bought!.number, bought!.kind, bought!.amount, bought!.cash, bought!.owed],
    ['INV2026-00000001', 'order', '54.00', '54.00', '0.00'],
  );
  // 6 % contained in 54: 54 × 6 / 106, in whole fen.
  assert.equal(bought!.tax, '3.06');

  const { house } = world.server;
  const ctx = systemCtx(house, BRAND, 'test');
  const undo = (fail: boolean) =>
    transact(house.db, async (tx) => {
      const { customer_id } = await tx
        .selectFrom('billing_order')
        .select('customer_id')
        .executeTakeFirstOrThrow();
      const clause = (await acceptanceLatest(tx, customer_id))!.clauseOf('undelivered');
      await orderRefund(tx, ctx, { serviceId: service, clause, reason: 'it could not be delivered' });
      if (fail) throw new Error('undone on purpose');
    });
  await assert.rejects(undo(true), /on purpose/);
  assert.equal((await invoices())[0]!.credited, '0.00');
  await undo(false);
  assert.equal((await invoices())[0]!.credited, '54.00');
  const { items } = (await site.ask('GET', '/credit-notes', cookie)).json as {
    items: { number: string; amount: string; cash: string; tax: string; clause: { clause: string } }[];
  };
  assert.equal(items.length, 1);
  assert.deepEqual(
    [items[0]!.number, items[0]!.amount, items[0]!.cash, items[0]!.tax, items[0]!.clause.clause],
    ['CRN2026-00000001', '54.00', '54.00', bought!.tax, '5.1'],
  );
});

test('usage and late fees come together on the month’s invoice; what wasn’t covered is owed', async () => {
  const world = await testWorld();
  const site = new BrandSite(world, BRAND);
  const customer = await site.customer(null);
  const { house } = world.server;
  const { id: customerId } = await house.db
    .selectFrom('identity_customer')
    .select('id')
    .executeTakeFirstOrThrow();
  const ctx = systemCtx(house, BRAND, 'test');
  const usage = (hour: number, cash: string) => ({
    id: newId(),
    customerId,
    product: 'cdn',
    text: { zh: '外网流量', en: 'Traffic out' },
    amount: parseYuan('1.25'),
    tax: parseYuan('0.070754'),
    paid: { cash: parseYuan(cash), gift: 0n },
    periodStart: new Date(Date.UTC(2026, 2, 10, hour)),
    periodEnd: new Date(Date.UTC(2026, 2, 10, hour + 1)),
    explain: { kind: 'usage' as const, id: newId() },
  });
  const charges = [usage(1, '1.25'), usage(2, '0.50')];
  await transact(house.db, async (tx) => {
    await ctx.bus.emit(tx, ctx, 'charges.made', { charges });
    const fees = [{ debtId: newId(), customerId, amount: parseYuan('0.000375') }];
    await ctx.bus.emit(tx, ctx, 'late-fees.charged', { day: '2026-03-12', fees });
  });
  await world.advanceTo(new Date('2026-03-31T22:00:00Z'));
  await customer.stayIn(world.clock.now());
  const { items } = (await site.ask('GET', '/invoices', customer.api.cookie())).json as { items: Invoice[] };
  assert.equal(items.length, 1);
  const [month] = items;
  assert.deepEqual(
    [month!.amount, month!.tax, month!.cash, month!.owed],
    ['2.500375', '0.141508', '1.75', '0.750375'],
  );
  assert.deepEqual(
    month!.lines.map(({ text, amount }) => [text.zh, amount]),
    [
      ['外网流量', '2.50'],
      ['滞纳金', '0.000375'],
    ],
  );
  const notices = (await site.ask('GET', '/notices', customer.api.cookie())).json.items as {
    kind: string;
    subject: string;
  }[];
  assert.match(
    notices.find(({ kind }) => kind === 'invoice-issued')!.subject,
    /^2026-03 月账单 INV2026-00000001：2\.500375 元$/,
  );

  const available = async () =>
    (await site.ask('GET', '/tax-invoices/available', customer.api.cookie())).json.total;
  assert.equal(await available(), '1.75', 'what is owed has no tax invoice yet');
  const pay = (yuan: string) =>
    transact(house.db, (tx) =>
      ctx.bus.emit(tx, ctx, 'debts.paid', {
        customerId,
        parts: [
          {
            debtId: newId(),
            ...{ source: 'usage', sourceId: charges[1]!.id },
            ...{ principal: parseYuan(yuan), fee: 0n },
          },
        ],
      }),
    );
  await pay('0.50');
  await pay('0.25');
  assert.equal(await available(), '2.50', 'paid later counts as paid');
  const again = (await site.ask('GET', '/invoices', customer.api.cookie())).json.items as Invoice[];
  assert.deepEqual([again[0]!.cash, again[0]!.owed], ['1.75', '0.000375']);
  await assert.rejects(pay('0.01'), (error) => violated(error) === 'invoicing_settlement_within');
});
