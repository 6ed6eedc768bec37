import assert from 'node:assert/strict';
import { addMs } from '#kernel/time.ts';
import { noticesEvidence } from '#modules/notify/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type PostOffice, postOffice } from './contacts.ts';
import { type StaffApi, staffMember } from './staff.ts';

/** A customer of some brand, and one of the staff at its site. */
export interface Life {
  customer: StoryCustomer;
  id: string;
  staff: StaffApi;
  brand: string;
}

export type Evidence = Awaited<ReturnType<typeof noticesEvidence>>[number];

let made = 0;

export const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

/** A fresh phone number; `end` decides what the stand-in does with it. */
export const number = (end = '5') => `139${String(++made).padStart(4, '0')}${end.padStart(4, '0')}`;

export async function lifeAt(world: World, brand: string, balance: string | null = null): Promise<Life> {
  const { brands } = world.server.house;
  const site = brands.url(brands.get(brand), world.url);
  const customer = new StoryCustomer(site);
  await customer.getReady(balance);
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  const staff = await staffMember(world, `n${++made}`, site);
  return { customer, id, staff, brand };
}

export async function freezeAll(world: World, { staff, id }: Life): Promise<void> {
  const body = { amount: null, reason: '5.4.3', explanation: '短时间内多次异常充值' };
  await ok(staff.POST('/api/v1/staff/customers/{id}/freezes', { params: { path: { id } }, body }));
  await world.drain();
}

/** The newest notice of a kind, as an act that rests on it sees it. */
export async function evidenceOf(world: World, { id }: Life, kind: string): Promise<Evidence> {
  const row = await world.server.house.db
    .selectFrom('notify_notice')
    .select('id')
    .where('customer_id', '=', id)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const [found] = await noticesEvidence(world.server.house.db, [row.id]);
  return found!;
}

export function byChannel(found: Evidence): Record<string, string> {
  return Object.fromEntries(found.ways.map((way) => [way.channel, `${way.state} ${way.outcome}`]));
}

/** The stand-in's report is asked for a minute after. */
export async function reports(world: World): Promise<void> {
  await world.drain();
  await world.advanceTo(addMs(world.clock.now(), 61_000));
}

/** While this goes on mail goes by SMTP to a post office that knows who isn't there. */
export async function withPost<T>(world: World, work: (office: PostOffice) => Promise<T>): Promise<T> {
  const office = await postOffice(world);
  try {
    return await work(office);
  } finally {
    await office.close();
  }
}
