import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { type Tx, transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { parseYuan } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import {
  type Charge,
  chargesGather,
  creditNoteIssue,
  type InvoicedOrder,
  invoicesIssue,
  numberGaps,
} from '#modules/invoicing/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { ownerOf, readyCustomer, testWorld } from '../support/world.ts';

const BRAND = 'lantian';
let world: World;
let customer: StoryCustomer;
let customerId: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:20:07Z') });
  customer = await readyCustomer(world, '500');
  const { json } = await call(world, 'GET', '/auth/session', { cookie: customer.api.cookie() });
  customerId = (json.customer as { id: string }).id;
});

function order(facts: Partial<InvoicedOrder> = {}): InvoicedOrder {
  const amount = facts.amount ?? parseYuan('106');
  return {
    id: newId(),
    number: `2026030200${Math.floor(Math.random() * 1e8)}`,
    customerId,
    product: 'nat-vps',
    lines: [{ text: { zh: 'NAT 小云主机', en: 'NAT VPS' }, amount }],
    amount,
    tax: 0n,
    paid: { cash: amount, gift: 0n },
    periodStart: world.clock.now(),
    periodEnd: new Date(world.clock.now().getTime() + 31 * 86_400_000),
    ...facts,
  };
}

const ctx = () => systemCtx(world.server.house, BRAND, 'test');
const act = <T>(work: (tx: Tx) => Promise<T>) => transact(world.server.house.db, work);
const issue = (orders: InvoicedOrder[]) => act((tx) => invoicesIssue(tx, ctx(), orders));
const refusedBy = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return violated(error) ?? (error as { code?: string }).code;
  }
  return 'nothing';
};

async function numbers(): Promise<number[]> {
  const rows = await world.server.house.db
    .selectFrom('invoicing_invoice')
    .select('sequence')
    .where('brand', '=', BRAND)
    .where('series', '=', 'INV2026')
    .orderBy('sequence')
    .execute();
  return rows.map(({ sequence }) => Number(sequence));
}

async function gapless(): Promise<void> {
  assert.deepEqual(await numberGaps(world.server.house.db), []);
  const seen = await numbers();
  assert.deepEqual(
    seen,
    seen.map((_, i) => i + 1),
  );
}

test('100 transactions at once, some undone, some cut off: the numbers have no gap and no double', async () => {
  const { db } = world.server.house;
  let kept = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, async (_, i) => {
      const orders = Array.from({ length: 1 + (i % 5) }, () => order());
      await act(async (tx) => {
        await invoicesIssue(tx, ctx(), orders);
        if (i % 3 === 0) throw new Error('undone on purpose');
        // As when the process, or PostgreSQL, dies before the commit.
        if (i % 7 === 0) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
      });
      kept += orders.length;
    }),
  );
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  assert.ok(failed >= 40 && failed < 100, `${failed} failed`);
  assert.equal((await numbers()).length, kept);
  await gapless();
  assert.ok(await db.selectFrom('invoicing_counter').selectAll().executeTakeFirst());
});

test('a batch takes one range, in its order; asked again it takes none', async () => {
  const orders = Array.from({ length: 3_000 }, () => order());
  const first = (await numbers()).length;
  const issued = await issue(orders);
  assert.deepEqual(
    issued.map(({ orderId }) => orderId),
    orders.map(({ id }) => id),
  );
  assert.equal(issued[0]!.number, `INV2026-${String(first + 1).padStart(8, '0')}`);
  assert.equal(issued[2_999]!.number, `INV2026-${String(first + 3_000).padStart(8, '0')}`);
  assert.deepEqual(await issue(orders), []);
  assert.deepEqual(await issue([order({ amount: 0n })]), [], 'what costs nothing needs no invoice');
  await gapless();
});

test('the database itself refuses an edit, a deletion, lines that don’t sum, and a number of nobody’s', async () => {
  const { db } = world.server.house;
  const owner = ownerOf(world);
  await issue([order()]);
  assert.equal(
    await refusedBy(owner.updateTable('invoicing_invoice').set({ tax_micro: 1n }).execute()),
    'invoicing_invoice_append_only',
  );
  assert.equal(
    await refusedBy(owner.deleteFrom('invoicing_invoice').execute()),
    'invoicing_invoice_append_only',
  );
  const wrong = order({ lines: [{ text: { zh: '少一分', en: 'a fen less' }, amount: parseYuan('105.99') }] });
  assert.equal(await refusedBy(issue([wrong])), 'invoicing_invoice_whole');
  const copy = sql`insert into invoicing_invoice (id, brand, series, sequence, customer_id, kind, order_id, lines,
      amount_micro, tax_micro, cash_micro, gift_micro, period_start, period_end, seller, issued_at)
    select ${newId()}, brand, series, 999999, customer_id, kind, ${newId()}, lines, amount_micro, tax_micro,
      cash_micro, gift_micro, period_start, period_end, seller, issued_at from invoicing_invoice limit 1`;
  assert.equal(await refusedBy(copy.execute(db)), 'invoicing_invoice_counted');
  assert.equal(
    await refusedBy(db.updateTable('invoicing_counter').set({ last: 1n }).execute()),
    'invoicing_counter_forward',
  );
  await gapless();
});

test('F32 credit notes are never above their invoice, also when twenty come at once', async () => {
  const bought = order({ tax: parseYuan('6') });
  await issue([bought]);
  const credit = (sourceId: string, amount: string, tax: string) =>
    act((tx) =>
      creditNoteIssue(tx, ctx(), {
        orderId: bought.id,
        source: 'order-refund',
        sourceId,
        amount: parseYuan(amount),
        tax: parseYuan(tax),
        reason: 'undelivered',
      }),
    );
  assert.match((await credit('one', '10.60', '0.60')) ?? '', /^CRN2026-\d{8}$/);
  assert.equal(await credit('one', '10.60', '0.60'), null, 'a refund is credited once');
  assert.equal(await refusedBy(credit('two', '95.41', '5.40')), 'credit-above-invoice');
  assert.equal(await refusedBy(credit('three', '50', '5.41')), 'credit-above-invoice', 'nor its tax');
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => credit(randomUUID(), '10.60', '0.60')),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 9);
  const { json } = await call(world, 'GET', '/invoices', { cookie: customer.api.cookie() });
  const [newest] = json.items as { credited: string; amount: string }[];
  assert.deepEqual([newest!.credited, newest!.amount], ['106.00', '106.00']);
  await gapless();
});

let charged = 0;
function charge(periodEnd: string, amount: string, facts: Partial<Charge> = {}): Charge {
  const end = new Date(periodEnd);
  const cash = parseYuan(amount);
  return {
    id: newId(),
    customerId,
    product: 'kodo',
    text: { zh: '存储空间', en: 'Storage' },
    amount: cash,
    tax: 0n,
    paid: { cash, gift: 0n },
    periodStart: new Date(end.getTime() - 3_600_000),
    periodEnd: end,
    explain: { kind: 'usage', id: `reading-${++charged}` },
    ...facts,
  };
}
const gather = (charges: Charge[]) => act((tx) => chargesGather(tx, ctx(), charges));

interface ShownInvoice {
  id: string;
  number: string;
  kind: string;
  month: string;
  amount: string;
  issued_at: string;
  lines: { text: { zh: string }; amount: string; charges: number }[];
}
async function months(): Promise<ShownInvoice[]> {
  await customer.stayIn(world.clock.now());
  const { json } = await call(world, 'GET', '/invoices', { cookie: customer.api.cookie() });
  return (json.items as ShownInvoice[]).filter(({ kind }) => kind === 'month').reverse();
}

test('a month’s charges become one invoice on the 1st of the brand’s zone, with each line traced to its readings', async () => {
  const hours = ['2026-03-05T10:00:00Z', '2026-03-20T10:00:00Z'];
  await gather([
    ...hours.map((at) => charge(at, '0.000123')),
    charge('2026-03-20T10:00:00Z', '7.50', { text: { zh: '外网流量', en: 'Traffic out' }, product: 'cdn' }),
  ]);
  // The last hour of March in Shanghai; it is rated after midnight.
  await world.advanceTo(new Date('2026-03-31T16:05:00Z'));
  await gather([charge('2026-03-31T16:00:00Z', '0.10')]);
  assert.deepEqual(await months(), []);
  await world.advanceTo(new Date('2026-03-31T22:00:00Z'));
  const [march] = await months();
  assert.equal(march!.month, '2026-03');
  assert.equal(march!.amount, '7.600246');
  assert.equal(march!.issued_at, '2026-03-31T22:00:00.000Z');
  assert.deepEqual(
    march!.lines.map(({ text, amount, charges }) => [text.zh, amount, charges]),
    [
      ['外网流量', '7.50', 1],
      ['存储空间', '0.100246', 3],
    ],
  );
  const path = `/invoices/${march!.id}/lines/1/charges`;
  const { json } = await call(world, 'GET', path, { cookie: customer.api.cookie() });
  const items = json.items as { explain: { kind: string; id: string } }[];
  assert.equal(items.length, 3);
  assert.ok(items.every(({ explain }) => explain.kind === 'usage' && explain.id.startsWith('reading-')));
  await gapless();
});

test('F25 three closings missed are caught up, each month its own invoice; a late charge goes with the next', async () => {
  await gather([
    charge('2026-04-10T10:00:00Z', '1'),
    charge('2026-05-10T10:00:00Z', '2'),
    charge('2026-06-10T10:00:00Z', '3'),
    charge('2026-03-15T10:00:00Z', '0.25', { text: { zh: '三月迟到的用量', en: 'Late for March' } }),
  ]);
  world.clock.moveTo(new Date('2026-07-15T00:00:00Z'));
  await world.advanceTo(new Date('2026-07-15T00:00:01Z'));
  const caught = (await months()).slice(1);
  assert.deepEqual(
    caught.map(({ month, amount }) => [month, amount]),
    [
      ['2026-04', '1.25'],
      ['2026-05', '2.00'],
      ['2026-06', '3.00'],
    ],
  );
  const once = await months();
  await world.advanceTo(addMinutes(world.clock.now(), 60));
  assert.deepEqual(await months(), once);
  await gapless();
});

test('corrections that outweigh a month wait for the next; a charge is kept as it was made', async () => {
  const { db } = world.server.house;
  const back = parseYuan('-5');
  await gather([charge('2026-07-16T00:00:00Z', '-5', { amount: back, paid: { cash: back, gift: 0n } })]);
  const before = (await months()).length;
  await world.advanceTo(new Date('2026-08-01T00:00:00Z'));
  assert.equal((await months()).length, before);
  await gather([charge('2026-08-16T00:00:00Z', '12')]);
  await world.advanceTo(new Date('2026-09-01T00:00:00Z'));
  const last = (await months()).at(-1)!;
  assert.deepEqual([last.month, last.amount, last.lines[0]!.charges], ['2026-08', '7.00', 2]);
  const edit = db.updateTable('invoicing_charge').set({ amount_micro: 0n }).execute();
  assert.equal(await refusedBy(edit), 'invoicing_charge_kept');
  await gapless();
});
