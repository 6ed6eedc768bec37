import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { type Api, ApiProblem, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, staffCookie } from '../api/call.ts';
import { TINY_PNG } from '../api/route-table.ts';
import { books, idOf, refusedBy, staffOf, yuan } from '../support/money.ts';
import { BANK_ACCOUNT, bankBrand, paymentOf } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** A customer pays into our bank account: the slip, what staff do with it, and what the bank's statement shows. */

let world: World;
let customer: StoryCustomer;
let stranger: StoryCustomer;
let staff: Api;

before(async () => {
  world = await testWorld({ seed: true, brandsDir: await bankBrand() });
  customer = await readyCustomer(world, null);
  stranger = await readyCustomer(world, null);
  staff = await staffOf(world);
});

const TODAY = '2026-03-02';
const reference = () => `2026${randomUUID().slice(0, 12).toUpperCase()}`;

async function announce(amount: string, who = customer) {
  const body = { amount, channel: 'bank-transfer' as const };
  const begun = await ok(who.api.POST('/api/v1/payments', { body }));
  return { ...begun, memo: begun.bank_transfer!.reference };
}

function slip(id: string, content = TINY_PNG, who = customer, transferred_on = TODAY) {
  const body = { payer_name: '张三', transferred_on, content };
  return ok(who.api.POST('/api/v1/payments/{id}/slips', { params: { path: { id } }, body }));
}

const approve = (id: string, bank_reference: string, amount: string, api = staff) =>
  ok(
    api.POST('/api/v1/staff/bank-transfers/{id}/approve', {
      params: { path: { id } },
      body: { bank_reference, amount, received_on: TODAY },
    }),
  );

const importStatement = (...rows: string[]) =>
  ok(
    staff.POST('/api/v1/staff/bank-statements', {
      body: { csv: ['date,amount,payer,memo,bank_reference', ...rows, ''].join('\n') },
    }),
  );

const held = async () => (await books(world)).payment_held ?? 0n;
const receipts = async () =>
  (await ok(staff.GET('/api/v1/staff/bank-receipts', { params: { query: { state: 'held' } } }))).items;

test('only what the brand’s terms list is offered; a transfer says where to and under which reference', async () => {
  const { items } = await ok(customer.api.GET('/api/v1/payment-channels'));
  assert.deepEqual(items.at(-1), { channel: 'bank-transfer', ways: ['transfer'], sandbox: false });
  const begun = await announce('5000');
  assert.deepEqual(begun.bank_transfer, { ...BANK_ACCOUNT, reference: begun.out_trade_no });
  assert.match(begun.memo, /^BT[A-Z2-9]{10}$/);
  const shown = await paymentOf(customer, begun.id);
  assert.deepEqual(shown.presentation?.bank_transfer, begun.bank_transfer);
  const other = await testWorld();
  const visitor = await readyCustomer(other, null);
  const body = { amount: '10', channel: 'bank-transfer' as const };
  await assert.rejects(ok(visitor.api.POST('/api/v1/payments', { body })), refusedBy('channel-not-offered'));
});

test('a slip is what its bytes are; only its owner and staff see it, as a picture that nothing runs', async () => {
  const begun = await announce('800');
  const html = Buffer.from('<html><script>alert(1)</script></html>').toString('base64');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('base64');
  const polyglot = Buffer.concat([Buffer.from(TINY_PNG, 'base64'), Buffer.from('<script>')]).toString(
    'base64',
  );
  const script = Buffer.from('%PDF-1.4\n/OpenAction << /S /JavaScript >>\n%%EOF\n').toString('base64');
  for (const content of [html, svg, polyglot, script, 'not base64!', TINY_PNG.slice(0, 40)])
    await assert.rejects(slip(begun.id, content), refusedBy('slip-unreadable'));
  const large = Buffer.alloc(4 * 1024 * 1024 + 1).toString('base64');
  await assert.rejects(slip(begun.id, large), refusedBy('slip-too-large'));
  await assert.rejects(slip(begun.id, TINY_PNG, customer, '2026-03-03'), refusedBy('slip-day-ahead'));
  await assert.rejects(slip(begun.id, TINY_PNG, stranger), refusedBy('not-found'));
  const made = await slip(begun.id);
  assert.equal(made.media_type, 'image/png');
  assert.equal((await slip(begun.id)).id, made.id, 'the same file again is the same slip');

  const path = `/payments/${begun.id}/slips/${made.id}`;
  const seen = await call(world, 'GET', path, { cookie: customer.api.cookie() });
  assert.equal(seen.status, 200);
  assert.equal(seen.headers.get('content-type'), 'image/png');
  assert.equal(seen.headers.get('x-content-type-options'), 'nosniff');
  assert.match(seen.headers.get('content-security-policy')!, /default-src 'none'; sandbox/);
  for (const cookie of [stranger.api.cookie(), undefined])
    assert.ok([401, 404].includes((await call(world, 'GET', path, { cookie })).status));
  const byStaff = `/staff/bank-transfers/${begun.id}/slips/${made.id}`;
  const cookie = await staffCookie(world);
  assert.equal((await call(world, 'GET', byStaff, { cookie })).status, 200);
  assert.equal((await call(world, 'GET', byStaff, { cookie: customer.api.cookie() })).status, 401);
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n').toString('base64');
  const saved = await slip(begun.id, pdf);
  const file = await call(world, 'GET', `/payments/${begun.id}/slips/${saved.id}`, {
    cookie: customer.api.cookie(),
  });
  assert.match(file.headers.get('content-disposition')!, /^attachment; filename="slip-.*\.pdf"$/);
});

test('approved with the bank’s reference: credited with what was received, told, and once for one reference', async () => {
  const balance = Number(await customer.balance());
  const [first, second] = [await announce('300'), await announce('300')];
  await slip(first.id);
  const number = reference();
  await approve(first.id, number, '299.50');
  assert.equal(Number(await customer.balance()), balance + 299.5);
  const shown = await paymentOf(customer, first.id);
  assert.deepEqual([shown.state, shown.paid_amount, shown.trade_no], ['paid', '299.50', number]);
  await assert.rejects(approve(second.id, number, '300'), refusedBy('receipt-used'));
  await assert.rejects(approve(first.id, reference(), '300'), refusedBy('transfer-decided'));
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  assert.ok(items.some(({ kind, subject }) => kind === 'payment-received' && /299\.50/.test(subject)));
  // The statement that shows it later agrees, and nothing is held or credited again.
  const before = await held();
  const { known, rows } = await importStatement(`${TODAY},299.50,张三,充值,${number}`);
  assert.deepEqual([rows, known, await held()], [1, 1, before]);
  await assert.rejects(importStatement(`${TODAY},300,张三,充值,${number}`), refusedBy('statement-faulty'));
});

test('two of the staff approve one slip at once, with the same receipt and with different ones: credited once', async () => {
  for (const numbers of [[reference()], [reference(), reference()]]) {
    const balance = Number(await customer.balance());
    const begun = await announce('50');
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => approve(begun.id, numbers[i % numbers.length]!, '50')),
    );
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const result of tries)
      if (result.status === 'rejected') assert.equal((result.reason as ApiProblem).status, 409);
    assert.equal(Number(await customer.balance()), balance + 50);
  }
});

test('one receipt approved for two transfers at once: one of them has it', async () => {
  const balance = Number(await customer.balance());
  const transfers = [await announce('70'), await announce('70'), await announce('70')];
  const number = reference();
  const tries = await Promise.allSettled(transfers.map(({ id }) => approve(id, number, '70')));
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(Number(await customer.balance()), balance + 70);
});

test('refused with a reason, told by notice; a slip that comes too late is not taken', async () => {
  const begun = await announce('90');
  await slip(begun.id);
  const reason = '银行没有这笔入账';
  const path = { id: begun.id };
  await ok(staff.POST('/api/v1/staff/bank-transfers/{id}/refuse', { params: { path }, body: { reason } }));
  const shown = await paymentOf(customer, begun.id);
  assert.deepEqual([shown.state, shown.closed_reason], ['closed', reason]);
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  assert.match(items.find(({ kind }) => kind === 'transfer-refused')?.body ?? '', /银行没有这笔入账/);
  await assert.rejects(slip(begun.id), refusedBy('transfer-decided'));
  // The bank shows it after all (F42).
  const balance = Number(await customer.balance());
  await approve(begun.id, reference(), '90');
  assert.equal(Number(await customer.balance()), balance + 90);
});

test('a statement with faults names row and column of each, and not one of its rows is taken', async () => {
  const before = await receipts();
  const good = `${TODAY},10.00,李四,,${reference()}`;
  const number = reference();
  const faulty = [
    good,
    `2026-02-30,10.00,李四,,${reference()}`,
    `${TODAY},"1,00",李四,,${reference()}`,
    `${TODAY},-5,李四,,bad ref`,
    `${TODAY},1e3,李四,,${number}`,
    `${TODAY},8.00,李四,,${number}`,
  ];
  await assert.rejects(importStatement(...faulty), (error) => {
    assert.ok(error instanceof ApiProblem);
    assert.equal(error.code, 'statement-faulty');
    const errors = error.body.errors as { row: number; column: string; message: string }[];
    assert.deepEqual(
      errors.map(({ row, column }) => [row, column]),
      [
        [3, 'date'],
        [4, 'amount'],
        [5, 'amount'],
        [5, 'bank_reference'],
        [6, 'amount'],
        [7, 'bank_reference'],
      ],
    );
    assert.ok(errors.every(({ message }) => message.length > 5));
    return true;
  });
  for (const csv of ['', 'x', 'date,amount\n2026-03-02,5\n', 'date,amount,payer,memo,bank_reference\n"'])
    await assert.rejects(
      ok(staff.POST('/api/v1/staff/bank-statements', { body: { csv } })),
      (error) => error instanceof ApiProblem && ['statement-faulty', 'invalid-input'].includes(error.code),
    );
  assert.deepEqual(await receipts(), before);
});

test('what nobody announced is held; reference, amount and payer suggest whose it is; staff assign it', async () => {
  const before = await held();
  const begun = await announce('1234.56');
  await slip(begun.id);
  const memo = `充值 ${begun.memo.slice(0, 5)} ${begun.memo.slice(5).toLowerCase()}`;
  const [one, two] = [reference(), reference()];
  const made = await importStatement(
    `${TODAY},"1,234.56",张三,${memo},${one}`,
    `2026/3/2,77,王五,不知道,${two}`,
  );
  assert.deepEqual([made.rows, made.known, made.held], [2, 0, '1311.56']);
  assert.equal((await held()) - before, yuan('1311.56'));
  const again = await importStatement(`${TODAY},1234.56,张三,${memo},${one}`, `20260302,77,王五,,${two}`);
  assert.deepEqual([again.known, again.held], [2, '0.00'], 'the same statement again changes nothing');

  const items = await receipts();
  const first = items.find((item) => item.bank_reference === one)!;
  const second = items.find((item) => item.bank_reference === two)!;
  assert.deepEqual(first.suggestions[0], {
    payment_id: begun.id,
    same_reference: true,
    same_amount: true,
    same_payer: true,
  });
  assert.deepEqual(second.suggestions, []);
  const assign = (
    id: string,
    body: { payment_id: string; reason: string } | { customer_id: string; reason: string },
  ) => ok(staff.POST('/api/v1/staff/bank-receipts/{id}/assign', { params: { path: { id } }, body }));
  const balance = Number(await customer.balance());
  const races = await Promise.allSettled([
    assign(first.id, { payment_id: begun.id, reason: '附言相符' }),
    assign(first.id, { payment_id: begun.id, reason: '附言相符' }),
    approve(begun.id, one, '1234.56'),
    approve(begun.id, reference(), '1234.56'),
  ]);
  assert.equal(races.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(Number(await customer.balance()), balance + 1234.56);
  const owner = await idOf(stranger);
  const { payment_id } = await assign(second.id, { customer_id: owner, reason: '付款人来电' });
  assert.equal(await stranger.balance(), '77.00');
  assert.equal((await paymentOf(stranger, payment_id)).state, 'paid');
});

test('a transfer is approved with the receipt that a statement brought, and only with its amount', async () => {
  const begun = await announce('640');
  const number = reference();
  const before = await held();
  await importStatement(`${TODAY},640,张三,,${number}`);
  await assert.rejects(approve(begun.id, number, '641'), refusedBy('receipt-differs'));
  await approve(begun.id, number, '640');
  assert.equal(await held(), before);
});

test('held money that nobody owns goes back to where it came from, on record', async () => {
  const number = reference();
  const before = await books(world);
  await importStatement(`${TODAY},19,无名氏,,${number}`);
  const receipt = (await receipts()).find((item) => item.bank_reference === number)!;
  const path = { id: receipt.id };
  const body = { reason: '查无此人，原路退回', bank_reference: reference() };
  await ok(staff.POST('/api/v1/staff/bank-receipts/{id}/return', { params: { path }, body }));
  assert.deepEqual(await books(world), before);
  await assert.rejects(
    ok(staff.POST('/api/v1/staff/bank-receipts/{id}/return', { params: { path }, body })),
    refusedBy('receipt-used'),
  );
});

test('a customer has ten transfers waiting at most', async () => {
  const busy = await readyCustomer(world, null);
  for (let i = 0; i < 10; i++) await announce('1', busy);
  await assert.rejects(announce('1', busy), refusedBy('transfers-open'));
});

test('announced and never proved: closed after thirty days; proved: staff decide however long it takes', async () => {
  const silent = await announce('11');
  const proved = await announce('12');
  await slip(proved.id);
  await world.advanceTo(addDays(world.clock.now(), 31, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  assert.equal((await paymentOf(customer, silent.id)).state, 'closed');
  assert.equal((await paymentOf(customer, proved.id)).state, 'pending');
});
