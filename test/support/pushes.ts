import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '#server/client.ts';
import { type OrderBody, StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS } from './world.ts';

export const NEW_ACCESS = { type: 'password' as const, password: 'Autumn-wind-and-7-cranes' };

/** A customer of 亚云 who may buy anywhere and has just shown who it is. */
export async function pushCustomer(url: string, balance: string | null = null): Promise<StoryCustomer> {
  const customer = new StoryCustomer(url);
  await customer.getReady(balance);
  await prove(customer);
  return customer;
}

/** Signs in anew: a proof lasts a quarter of an hour. */
export function prove(customer: StoryCustomer): Promise<void> {
  return customer.signIn();
}

export async function machineOf(world: World, customer: StoryCustomer, region = 'hk'): Promise<string> {
  const id = await customer.order({ plan: 'ay-1', region, access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  return id;
}

export function offer({ api }: StoryCustomer, service: string, to: { email: string } | { phone: string }) {
  const params = { path: { id: service } };
  return ok(api.POST('/api/v1/services/{id}/pushes', { params, body: { to } }));
}

export async function offersTo({ api }: StoryCustomer) {
  return (await ok(api.GET('/api/v1/push-offers'))).items;
}

export function accept(
  { api }: StoryCustomer,
  push: string,
  body: { code: string; as_shown: string; access?: OrderBody['access'] },
) {
  const params = { path: { id: push } };
  return ok(
    api.POST('/api/v1/push-offers/{id}/acceptance', { params, body: { access: NEW_ACCESS, ...body } }),
  );
}

/** From one to the other, all the way. Returns the offer as the other saw it. */
export async function pass(from: StoryCustomer, to: StoryCustomer, service: string) {
  await prove(from);
  const { id, code } = await offer(from, service, { email: to.email });
  await prove(to);
  const seen = (await offersTo(to)).find((one) => one.id === id)!;
  await accept(to, id, { code, as_shown: seen.as_shown });
  return { id, code, seen };
}

/** The subjects of mails to somebody, once one of them says this. */
export async function mailed(customer: StoryCustomer, about: RegExp): Promise<string> {
  for (let attempt = 0; attempt < 250; attempt++) {
    const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
    const mail = items.find(({ to, subject }) => to === customer.email && about.test(subject));
    if (mail) return mail.body;
    await sleep(20);
  }
  throw new Error(`${customer.email} was told nothing like ${about}`);
}
