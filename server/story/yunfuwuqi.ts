import { addDays, addMinutes, addMs, nextMidnight } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { outageRecord, outageSettle } from './outage-book.ts';
import { PASSWORD_ACCESS, type Player, Scene } from './scene.ts';
import { expect, type Telling } from './telling.ts';

const HOUR_MS = 3_600_000;

/** 云服务器: bills that are paid later, a month below what was promised, a new price, an end and its proof. Throws Deviation. */
export async function yunfuwuqiStory(world: World, telling: Telling): Promise<void> {
  const scene = new Scene(world, telling, 'yunfuwuqi');
  scene.chapter('Becoming a customer');
  const customer = await scene.join({ terms: 'S8', realName: 'P1.2' });
  await customer.topUp('25');
  const id = await customer.order({ plan: 'cs-1', region: 'sg', hostname: 'story', access: PASSWORD_ACCESS });
  const { state } = await customer.until(id, (service) => service.state !== 'preparing', 90);
  expect(state === 'active', `the server is made (it is ${state})`);
  scene.act(`topped up CNY 25.00, ordered cs-1: ${state}, CNY ${await customer.balance()} left`, 'P1.4');
  await hasOutages(scene, id);
  await isBilled(scene, customer, id);
  await isCompensated(scene, customer);
  await paysLate(scene, customer, id);
  await hearsOfPrices(scene, customer, id);
  await leaves(scene, customer, id);
}

async function hasOutages(scene: Scene, id: string): Promise<void> {
  scene.chapter('Outages in the month');
  const at = addDays(scene.now(), 3, scene.zone);
  await scene.moveTo(addDays(at, 5, scene.zone));
  const down = { from: at, until: addMs(at, 8 * HOUR_MS), services: [id] };
  await outageSettle(scene, await outageRecord(scene, { ...down, cause: 'provider' }));
  scene.act('eight hours of our own doing are in the book', 'S4');
  const carrier = { from: addDays(at, 2, scene.zone), until: addDays(at, 4, scene.zone), services: [id] };
  await outageSettle(scene, await outageRecord(scene, { ...carrier, cause: 'telecom' }));
  scene.act('two days of the carrier are in the book; they are excluded', 'S4');
}

const billOf = async ({ api }: Player) => {
  const [bill] = (await ok(api.GET('/api/v1/bills'))).items;
  expect(bill !== undefined, 'there is a bill');
  return bill;
};

async function isBilled(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('A bill with a due date');
  const params = { path: { id } };
  const choose = () =>
    ok(customer.api.PUT('/api/v1/services/{id}/bill-renewal', { params, body: { months: 1 } }));
  await scene.refused('bills, before staff allow them', choose(), 'no-bills');
  const staff = await scene.staff.one();
  await ok(
    staff.PUT('/api/v1/staff/customers/{id}/credit', {
      params: { path: { id: customer.id } },
      body: { limit: '100', reason: '老客户' },
    }),
  );
  await choose();
  const end = new Date((await customer.service(id)).period_end);
  await scene.moveTo(addMinutes(addDays(end, -10, scene.zone), 1));
  const bill = await billOf(customer);
  expect(bill.state === 'open', 'it is open');
  scene.act(`bill ${bill.number} of CNY ${bill.amount} issued, due ${bill.due_at}`, 'S3.2');
  await scene.tellLog(customer.id);
}

/** The month is measured when it is over. */
async function isCompensated(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('The month below 99.9 %');
  const before = await customer.balance();
  await scene.moveTo(new Date(Date.UTC(2026, 2, 31, 16, 1)));
  const [month] = (await ok(customer.api.GET('/api/v1/account/outages'))).months;
  expect(month !== undefined, 'the month is measured');
  const percent = Number(month.availability_percent);
  expect(percent < 99 && percent > 95, 'the excluded days don’t count');
  const after = await customer.balance();
  expect(
    Number(after) - Number(before) === Number(month.paid) && month.paid !== '0.00',
    'it came to the balance',
  );
  scene.act(
    `${month.month}: available ${percent} %, ${month.back_percent} % of CNY ${month.fee} back: ${before} → ${after}`,
    month.clause_id,
  );
  await scene.tellLog(customer.id);
}

async function paysLate(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('Overdue, and paid');
  const due = new Date((await billOf(customer)).due_at);
  await scene.moveTo(addMinutes(due, -1));
  expect((await billOf(customer)).state === 'open', 'open to its last minute');
  await scene.moveTo(addMinutes(due, 1));
  const overdue = await billOf(customer);
  expect(overdue.state === 'overdue', `it is overdue (it is ${overdue.state})`);
  await scene.world.drain();
  const stopped = await customer.until(id, ({ instance }) => instance?.power === 'stopped', 60);
  scene.act(`${overdue.state}: the server is ${stopped.instance?.power}; it ends ${overdue.end_at}`, 'S3.2');
  await scene.moveTo(addMinutes(addDays(nextMidnight(due, scene.zone), 3, scene.zone), 1));
  const late = await billOf(customer);
  expect(Number(late.late_fee) > 0, 'a late fee came up');
  scene.act(`late fee of CNY ${late.late_fee}; ${late.to_pay} to pay`, 'S3.2');
  await customer.topUp((Number(late.to_pay) + 1).toFixed(2));
  await scene.world.drain();
  const paid = await billOf(customer);
  expect(paid.state === 'paid', `it is paid (it is ${paid.state})`);
  const runs = await customer.until(id, ({ instance }) => instance?.power === 'running', 60);
  scene.act(`${paid.state}: the server is ${runs.instance?.power} again, until ${runs.period_end}`, 'S3.2');
  await scene.acted(customer.id, ['bill.overdue', 'S3.2'], ['service.held', 'S3.2'], ['bill.paid', 'S3.2']);
}

async function hearsOfPrices(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('A new price, announced before it holds');
  const staff = await scene.staff.one();
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  expect(csv.includes('cs-1,,25.00'), 'the price list has cs-1');
  const body = { csv: csv.replace('cs-1,,25.00', 'cs-1,,28.00'), running: 'move' as const };
  await ok(staff.POST('/api/v1/staff/prices', { body }));
  await scene.world.drain();
  const now = await customer.service(id);
  expect(now.price_ahead !== null, 'the new price is announced');
  const from = new Date(now.price_ahead.from);
  scene.act(`CNY ${now.price} a month still; ${now.price_ahead.price} from ${now.price_ahead.from}`, 'S3.1');
  expect(from > scene.now(), 'and holds later');
  await scene.moveTo(addMinutes(from, 1));
  const { price } = await customer.service(id);
  expect(price === now.price_ahead.price, 'then it holds');
  scene.act(`CNY ${price} a month for renewals from now on`, 'S3.1');
  await scene.tellLog(customer.id);
}

async function leaves(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('The end, seven days of retention, and the proof of erasure');
  const params = { path: { id } };
  await ok(customer.api.POST('/api/v1/services/{id}/end', { params, body: { give_up: true } }));
  await scene.world.drain();
  const ended = await customer.service(id);
  expect(ended.state === 'ended' && ended.delete_at !== null, `it has ended (it is ${ended.state})`);
  scene.act(`${ended.state} by its customer; the data is kept until ${ended.delete_at}`, 'S5.2');
  await scene.moveTo(addMinutes(new Date(ended.delete_at), 1));
  const { state } = await customer.until(id, (service) => service.state === 'deleted', 60);
  const { certificate } = await ok(customer.api.GET('/api/v1/services/{id}/life', { params }));
  expect(certificate !== null, 'there is a certificate');
  scene.act(`${state}; certificate of erasure ${certificate.number}`, 'S5.2');
  await scene.acted(customer.id, ['service.deleted', 'S5.2']);
}
