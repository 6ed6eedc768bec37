import { addMinutes, addMs } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { allPatrols } from '#server/worker.ts';
import { outageRecord, outageSettle } from './outage-book.ts';
import { PASSWORD_ACCESS, type Player, type Scene } from './scene.ts';
import { expect } from './telling.ts';

const HOUR_MS = 3_600_000;
/** What the measurements say that this machine used, and for how long. */
const USED_PART = 0.85;
const USED_MINUTES = 16;

/** 蓝天云's hard parts besides the paid period: a throttle (4.1), an outage (4.2), a breach (3.2). */
export async function lantianHardParts(scene: Scene): Promise<void> {
  scene.chapter('Another customer');
  const customer = await scene.join({ terms: 'preamble', realName: '2.2' });
  await customer.topUp('20');
  const id = await customer.order({ hostname: 'busy', access: PASSWORD_ACCESS });
  const { state } = await customer.until(id, (service) => service.state !== 'preparing', 90);
  expect(state === 'active', `the machine is made (it is ${state})`);
  await isThrottled(scene, customer, id);
  await isMadeGood(scene, customer, id);
  await breaks(scene, customer, id);
}

async function isThrottled(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('Processors used above 80 % for 15 minutes');
  const { house } = scene.world.server;
  const before = await processors(scene, id);
  await measured(scene, id, before.cpus);
  scene.act(
    `measurements of ${USED_MINUTES} minutes at ${USED_PART * 100} % are put in: nobody computes here`,
  );
  for (const patrol of allPatrols(house)) if (patrol.name === 'enforcement.watch') await patrol.run();
  const throttled = await processors(scene, id);
  expect(throttled.left !== null && throttled.left < before.cpus, 'it has fewer processors');
  await scene.world.drain();
  await scene.acted(customer.id, ['measure.throttle', '4.1']);
  scene.act(
    `${before.cpus} → ${throttled.left} processors; ${(await customer.service(id)).state} all along`,
    '4.1',
  );
  await scene.moveTo(addMinutes(scene.now(), 61));
  expect((await processors(scene, id)).left === null, 'after an hour it has all of them again');
  scene.act('an hour later it has all of them again', '4.1');
  await scene.tellLog(customer.id);
}

async function processors(scene: Scene, id: string) {
  const { cpus, throttled_cpus } = await scene.world.server.house.db
    .selectFrom('compute_instance')
    .select(['cpus', 'throttled_cpus'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { cpus, left: throttled_cpus === null ? null : Number(throttled_cpus) };
}

/** The clock moves faster than any machine computes: what a busy one would have used is written down. */
async function measured(scene: Scene, id: string, cpus: number): Promise<void> {
  const { db } = scene.world.server.house;
  const now = scene.now();
  await db.deleteFrom('compute_sample').where('instance_id', '=', id).execute();
  const rows = Array.from({ length: USED_MINUTES + 1 }, (_, i) => ({
    instance_id: id,
    at: addMinutes(now, i - USED_MINUTES),
    cpu_ns: BigInt(Math.round(i * 60e9 * USED_PART * cpus)) + 1n,
    memory_bytes: 1n,
    disk_bytes: 1n,
    received_bytes: 1n,
    sent_bytes: 1n,
    processes: 1,
  }));
  await db.insertInto('compute_sample').values(rows).execute();
}

async function isMadeGood(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('An outage upstream, made good at our discretion');
  const until = async () => (await customer.service(id)).period_end;
  const [was, balance] = [await until(), await customer.balance()];
  const from = scene.now();
  await scene.moveTo(addMs(from, 3 * HOUR_MS));
  const outage = { from, until: addMs(from, 2.5 * HOUR_MS), services: [id] };
  const own = await outageRecord(scene, { ...outage, cause: 'provider' });
  await outageSettle(scene, own, 'extend');
  expect((await until()) === was, 'no availability is promised');
  scene.act('2.5 hours of our own doing: no availability is promised, nothing follows', '4.2');
  const upstream = await outageRecord(scene, { ...outage, cause: 'upstream' });
  await outageSettle(scene, upstream, 'extend');
  const hours = (Date.parse(await until()) - Date.parse(was)) / HOUR_MS;
  expect(hours === 2.5 && (await customer.balance()) === balance, 'longer by its length, and no money');
  scene.act(`2.5 hours of the carrier: ${hours} hours more, until ${await until()}; no money`, '4.2');
  await scene.tellLog(customer.id);
}

async function breaks(scene: Scene, customer: Player, id: string): Promise<void> {
  scene.chapter('A breach, decided by two');
  const staff = await scene.staff.one();
  const balance = await customer.balance();
  const opened = await ok(
    staff.POST('/api/v1/staff/customers/{id}/cases', {
      params: { path: { id: customer.id } },
      body: { service_id: id, origin: 'staff', category: 'e', summary: '扫描他人网络', note: '见监控记录' },
    }),
  );
  const params = { path: { id: opened.id } };
  const take = (measure: 'suspend' | 'wipe') =>
    ok(staff.POST('/api/v1/staff/cases/{id}/measures', { params, body: { measure, reason: '依约处理' } }));
  await take('suspend');
  await scene.world.drain();
  scene.act('it stands still while the case is looked at', '3.2');
  await scene.refused('wiping it before the case is decided', take('wipe'), 'case-open');
  await ok(
    staff.POST('/api/v1/staff/cases/{id}/decision', { params, body: { breach: true, decision: '证据充分' } }),
  );
  const { stands } = await take('wipe');
  const asked = (await customer.service(id)).state;
  expect(!stands && asked !== 'deleted', 'one of the staff alone wipes nothing');
  scene.act(`one of the staff asks to wipe it; it is ${asked}`);
  await scene.staff.decide(true);
  await scene.world.drain();
  const { state } = await customer.service(id);
  expect(state === 'deleted' && (await customer.balance()) === balance, 'gone, and nothing refunded');
  scene.act(`the second agrees: ${state}; the balance stays ${await customer.balance()}`, '5.4');
  await scene.acted(customer.id, ['measure.suspend', '3.2'], ['measure.wipe', '3.2']);
}
