import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { LocalTaxInvoices } from '#drivers/tax-invoice-local/issuer.ts';
import { transact, violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { orderRefund } from '#modules/billing/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { readPdf } from '../support/pdf.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

const BRAND = 'asiayun';
const COMPANY = {
  kind: 'company',
  name: '杭州某某网络科技有限公司',
  tax_number: '91350100M000100Y43',
  address: '杭州市西湖区某路 1 号',
  phone: '0571-88880000',
  bank: '某银行杭州分行',
  bank_account: '622202020000',
};
let world: World;
let site: BrandSite;
let customer: StoryCustomer;
let staff: string;
let issuer: LocalTaxInvoices;
let title: string;

before(async () => {
  world = await testWorld({ seed: true });
  site = new BrandSite(world, BRAND);
  customer = await site.customer('1000');
  staff = await site.staff();
  issuer = world.server.house.ports.taxInvoices as LocalTaxInvoices;
});

const cookie = () => customer.api.cookie();
const buy = () => customer.order({ plan: 'ay-1', access: PASSWORD_ACCESS });
const available = async () =>
  (await site.ask('GET', '/tax-invoices/available', cookie())).json as {
    total: string;
    sandbox: boolean;
    invoices: { id: string; number: string; paid: string; available: string }[];
  };

interface Shown {
  id: string;
  state: string;
  number: string | null;
  reason: string | null;
  amount: string;
  reverse_number: string | null;
  files: string[];
}
const shown = async (id: string) =>
  (await site.ask('GET', `/tax-invoices/${id}`, cookie())).json as unknown as Shown;
const apply = (facts: Record<string, unknown> = {}) =>
  site.ask('POST', '/tax-invoices', cookie(), { title_id: title, type: 'ordinary', ...facts });

async function applied(facts: Record<string, unknown>): Promise<string> {
  const { status, json } = await apply(facts);
  assert.equal(status, 201, JSON.stringify(json));
  return json.id as string;
}

/** Steps on until nothing is asked any more. */
async function settle(minutes = 60): Promise<void> {
  await world.drain();
  await world.advanceTo(addMinutes(world.clock.now(), minutes));
}

async function refund(serviceId: string): Promise<void> {
  const { house } = world.server;
  await transact(house.db, async (tx) => {
    const { customer_id } = await tx
      .selectFrom('billing_order')
      .select('customer_id')
      .where('service_id', '=', serviceId)
      .executeTakeFirstOrThrow();
    const clause = (await acceptanceLatest(tx, customer_id))!.clauseOf('undelivered');
    const ctx = systemCtx(house, BRAND, 'test');
    await orderRefund(tx, ctx, { serviceId, clause, reason: 'it could not be delivered' });
  });
}

test('a title needs a true tax number for a company, none for a person', async () => {
  const add = async (body: object) => {
    const { status, json } = await site.ask('POST', '/invoice-titles', cookie(), body);
    return status === 201 ? (json.id as string) : json.code;
  };
  assert.equal(await add({ ...COMPANY, tax_number: '91350100M000100Y44' }), 'tax-number-invalid');
  assert.equal(await add({ kind: 'company', name: '没有税号' }), 'title-incomplete');
  assert.equal(
    await add({ kind: 'person', name: '张三', tax_number: COMPANY.tax_number }),
    'title-incomplete',
  );
  const person = await add({ kind: 'person', name: '张三' });
  title = (await add(COMPANY)) as string;
  assert.equal((await site.ask('DELETE', `/invoice-titles/${person}`, cookie())).status, 204);
  const { json } = await site.ask('GET', '/invoice-titles', cookie());
  assert.deepEqual(
    (json.items as { id: string }[]).map(({ id }) => id),
    [title],
  );
});

test('[asiayun 3.1.1] an order that is paid has an invoice at once; a tax invoice is issued for it, asked after until it is known', async () => {
  await buy();
  const { total, invoices, sandbox } = await available();
  assert.deepEqual([total, invoices.length, sandbox], ['18.00', 1, true]);
  issuer.faults.slow = 2;
  issuer.faults.timeOut = { before: 1, after: 1 };
  const id = await applied({ choice: { invoices: [invoices[0]!.id] } });
  assert.equal((await available()).total, '0.00');
  assert.equal((await apply({ choice: { invoices: [invoices[0]!.id] } })).json.code, 'nothing-to-invoice');
  await settle(2);
  assert.equal((await shown(id)).state, 'issuing');
  const refusedNow = await site.ask('POST', `/tax-invoices/${id}/cancel`, cookie());
  assert.deepEqual([refusedNow.status, refusedNow.json.code], [409, 'tax-invoice-settled']);
  const byHand = await site.ask('POST', `/staff/tax-invoices/${id}/refused`, staff, { reason: '不想开' });
  assert.equal(byHand.status, 409, 'a service is at work on it');
  await settle();
  const done = await shown(id);
  assert.equal(done.state, 'issued');
  assert.match(done.number!, /^\d{20}$/);
  const file = await site.ask('GET', `/tax-invoices/${id}/files/invoice`, cookie());
  assert.equal(file.headers['content-disposition'], `attachment; filename="${done.number}.pdf"`);
  const { text } = await readPdf(file.bytes);
  for (const part of ['样张', COMPANY.name, COMPANY.tax_number, '¥18.00', '壹拾捌元整', done.number!]) {
    assert.ok(text.includes(part), part);
  }
  const { items } = (await site.ask('GET', '/notices', cookie())).json as {
    items: { kind: string; body: string }[];
  };
  const notice = items.find(({ kind }) => kind === 'tax-invoice-issued');
  assert.match(notice!.body, /杭州某某网络科技有限公司.*18\.00.*条款 3\.1\.1/s);
  const audit = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'clause_id'])
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  assert.deepEqual(
    audit.map(({ action, clause_id }) => [action, clause_id]),
    ['applied', 'issuing', 'issued'].map((act) => [`tax-invoice.${act}`, '3.1.1']),
  );
});

test('F43 what the service lost is sent again, under the same id: one tax invoice', async () => {
  Object.assign(issuer.faults, { slow: 1, timeOut: { before: 0, after: 0 }, lose: true });
  await buy();
  const id = await applied({ choice: { from: '2026-03', to: '2026-03' } });
  await settle(3);
  assert.equal((await shown(id)).state, 'issuing');
  issuer.faults.lose = false;
  await settle();
  assert.equal((await shown(id)).state, 'issued');
});

test('a refusal says why and frees the amount; what waits can be cancelled', async () => {
  issuer.faults.refuse = '购买方信息有误';
  await buy();
  const id = await applied({ choice: { from: '2026-03', to: '2026-03' }, amount: '10.50' });
  await settle();
  const refused = await shown(id);
  assert.deepEqual([refused.state, refused.reason, refused.number], ['refused', '购买方信息有误', null]);
  assert.equal((await available()).total, '18.00');
  issuer.faults.refuse = null;
  const more = await apply({ choice: { from: '2026-03', to: '2026-03' }, amount: '18.01' });
  assert.equal(more.json.code, 'nothing-to-invoice');
});

test('a refund reverses what was made out (红冲), and what was being made out as soon as it is known', async () => {
  const service = await buy();
  const [newest] = (await available()).invoices.slice(-1);
  const before = (await available()).total;
  const id = await applied({ choice: { invoices: [newest!.id] } });
  await settle();
  assert.equal((await shown(id)).state, 'issued');
  await refund(service);
  assert.equal((await shown(id)).state, 'reversing');
  await settle();
  const reversed = await shown(id);
  assert.equal(reversed.state, 'reversed');
  assert.match(reversed.reverse_number!, /^\d{20}$/);
  assert.match(reversed.reason!, /^refund:CRN2026-\d{8}$/);
  const { bytes } = await site.ask('GET', `/tax-invoices/${id}/files/reversal`, cookie());
  const { text } = await readPdf(bytes);
  assert.ok(text.includes('红字') && text.includes('-¥18.00') && text.includes(reversed.number!));
  assert.equal(
    (await available()).total,
    (Number(before) - 18).toFixed(2),
    'what went back is not made out again',
  );

  const other = await buy();
  issuer.faults.slow = 3;
  const [last] = (await available()).invoices.slice(-1);
  const working = await applied({ choice: { invoices: [last!.id] } });
  await settle(2);
  await refund(other);
  assert.equal((await shown(working)).state, 'issuing');
  await settle(240);
  assert.equal((await shown(working)).state, 'reversed');
  issuer.faults.slow = 1;
});

test('F32 two applications at once for the same money: one gets it; the database itself counts', async () => {
  await buy();
  const total = (await available()).total;
  const [span] = [{ choice: { from: '2026-03', to: '2026-03' }, amount: total }];
  const replies = await Promise.all(Array.from({ length: 6 }, () => apply(span)));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 422, 422, 422, 422, 422]);
  const { db } = world.server.house;
  const part = await db
    .selectFrom('documents_tax_invoice_part')
    .selectAll()
    .orderBy('tax_invoice_id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const first = await db
    .selectFrom('documents_tax_invoice')
    .select('id')
    .orderBy('id')
    .executeTakeFirstOrThrow();
  const again = db
    .insertInto('documents_tax_invoice_part')
    .values({ ...part, tax_invoice_id: first.id })
    .execute();
  await assert.rejects(again, (error) => violated(error) === 'documents_tax_invoice_part_within');
  await settle();
});

test('F48 another customer’s applications are not there; a brand whose terms don’t offer it says so', async () => {
  const stranger = await site.customer(null);
  const own = (await site.ask('GET', '/tax-invoices', cookie())).json.items as Shown[];
  for (const path of [`/tax-invoices/${own[0]!.id}`, `/tax-invoices/${own[0]!.id}/files/invoice`]) {
    assert.equal((await site.ask('GET', path, stranger.api.cookie())).status, 404, path);
  }
  const invoice = (await site.ask('GET', '/invoices', cookie())).json.items as { id: string }[];
  const person = (
    await site.ask('POST', '/invoice-titles', stranger.api.cookie(), { kind: 'person', name: '李四' })
  ).json.id;
  const body = { title_id: person, type: 'ordinary', choice: { invoices: [invoice[0]!.id] } };
  assert.equal((await site.ask('POST', '/tax-invoices', stranger.api.cookie(), body)).status, 404);
  const lantian = new BrandSite(world, 'lantian');
  const there = (await lantian.customer('20')).api.cookie();
  const own2 = (await lantian.ask('POST', '/invoice-titles', there, { kind: 'person', name: '王五' })).json
    .id;
  const asked = { title_id: own2, type: 'ordinary', choice: { from: '2026-03', to: '2026-03' } };
  assert.equal((await lantian.ask('POST', '/tax-invoices', there, asked)).json.code, 'documents-not-offered');
});
