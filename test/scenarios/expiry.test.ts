import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
let world: World;
let customer: StoryCustomer;
let id: string;
let end: Date;

before(async () => {
  // 31 March, 23:45 in Shanghai: the due days are those of a short month.
  world = await testWorld({ start: new Date('2026-03-31T15:45:00Z') });
  customer = await readyCustomer(world, '30');
  id = await customer.order({ access: PASSWORD_ACCESS, hostname: 'web1' });
  end = new Date((await customer.until(id, ({ state }) => state === 'active')).period_end);
});

async function moveTo(instant: Date): Promise<void> {
  await world.advanceTo(instant);
  await customer.stayIn(instant);
}

async function mails(about: RegExp): Promise<{ subject: string; body: string; at: string }[]> {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ to, subject }) => to === customer.email && about.test(subject));
}

async function event(action: string) {
  const rows = await world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('subject_id', '=', id)
    .where('action', '=', action)
    .orderBy('id', 'desc')
    .execute();
  return rows[0]!;
}

async function power(): Promise<string> {
  return (await behindOurBack(world).observe())[0]?.power ?? 'gone';
}

test('paid to 30 April, 23:45: the same wall-clock time', () => {
  assert.equal(end.toISOString(), '2026-04-30T15:45:00.000Z');
});

test('[lantian 5.2] a reminder 7, 3 and 1 days before, at that time and not a minute earlier, by mail, citing 5.2', async () => {
  for (const [i, days] of [7, 3, 1].entries()) {
    const due = addDays(end, -days, ZONE);
    await moveTo(addMinutes(due, -1));
    assert.equal((await mails(/天后到期/)).length, i, `none before its time (${days})`);
    await moveTo(due);
    const [mail, ...older] = await mails(/天后到期/);
    assert.equal(older.length, i);
    assert.equal(mail!.subject, `web1 将在 ${days} 天后到期`);
    assert.match(mail!.body, /2026-04-30 23:45/);
    assert.match(mail!.body, /9\.90/);
    assert.equal(mail!.at, due.toISOString());
    const reminded = await event('service.reminded');
    assert.equal(reminded.clause_id, '5.2');
    assert.equal((reminded.facts as { days_before: number }).days_before, days);
    assert.equal(reminded.notices.length, 1);
  }
});

test('[lantian 5.3] suspended at the very end of what was paid, the machine stopped, citing 5.3 and the three reminders', async () => {
  await moveTo(addMinutes(end, -1));
  assert.equal((await customer.service(id)).state, 'active');
  assert.equal(await power(), 'running');
  await moveTo(end);
  const service = await customer.service(id);
  assert.equal(service.state, 'suspended');
  assert.equal(service.delete_at, addDays(end, 3, ZONE).toISOString());
  assert.equal(await power(), 'stopped');
  const suspended = await event('service.suspended');
  assert.equal(suspended.clause_id, '5.3');
  assert.equal(suspended.clause_version, '2025-07-19');
  assert.equal(suspended.clause_hash?.length, 64);
  assert.equal(suspended.notices.length, 3);
  assert.equal((await mails(/已到期停机/)).length, 1);
});

test('while suspended the machine can neither be started nor mapped', async () => {
  const start = await customer.api.POST('/api/v1/services/{id}/power', {
    params: { path: { id } },
    body: { action: 'start' },
  });
  assert.equal(start.response.status, 409);
  const mapping = await customer.api.POST('/api/v1/services/{id}/mappings', {
    params: { path: { id } },
    body: { protocol: 'tcp', target_port: 80 },
  });
  assert.equal(mapping.response.status, 409);
  assert.equal(await power(), 'stopped');
});

test('[lantian 5.3] renewed in the grace: the due day stays the 31st, the machine runs at once', async () => {
  await moveTo(addDays(end, 2, ZONE));
  const { period_end } = await customer.renew(id);
  assert.equal(period_end, '2026-05-31T15:45:00.000Z', 'from the old end, not from today');
  await world.drain();
  const service = await customer.service(id);
  assert.equal(service.state, 'active');
  assert.equal(service.delete_at, null);
  assert.equal(await power(), 'running');
  assert.equal(await customer.balance(), '10.20');
  assert.equal((await event('service.restored')).clause_id, '5.3');
  assert.equal((await mails(/已恢复/)).length, 1);
});

test('a machine that its customer had stopped is not started by a renewal', async () => {
  await customer.api.POST('/api/v1/services/{id}/power', {
    params: { path: { id } },
    body: { action: 'stop' },
  });
  await world.drain();
  end = new Date((await customer.service(id)).period_end);
  await moveTo(end);
  assert.equal((await customer.service(id)).state, 'suspended');
  await customer.renew(id);
  await world.drain();
  assert.equal((await customer.service(id)).state, 'active');
  assert.equal(await power(), 'stopped');
  end = new Date((await customer.service(id)).period_end);
  assert.equal(end.toISOString(), '2026-06-30T15:45:00.000Z');
});

test('[lantian 5.3] nobody renews: deleted for good when three whole days have passed, not a minute earlier', async () => {
  await moveTo(end);
  const { delete_at } = await customer.service(id);
  const before = (await mails(/web1/)).length;
  await moveTo(addMinutes(new Date(delete_at!), -1));
  assert.equal((await customer.service(id)).state, 'suspended');
  assert.equal(await power(), 'stopped');
  await moveTo(new Date(delete_at!));
  const service = await customer.service(id);
  assert.equal(service.state, 'deleted');
  assert.equal(service.deleted_at, delete_at);
  assert.equal(await power(), 'gone');
  assert.equal((await mails(/web1/)).length, before, 'without a further notice, as the terms say');
  const deleted = await event('service.deleted');
  assert.equal(deleted.clause_id, '5.3');
  assert.equal(deleted.notices.length, 4, 'three reminders and the notice of suspension');
  const kinds = await world.server.house.db
    .selectFrom('notify_notice')
    .select(['kind', 'state'])
    .where('id', 'in', deleted.notices)
    .orderBy('created_at')
    .execute();
  assert.deepEqual(
    kinds.map(({ kind, state }) => `${kind} ${state}`),
    [...Array.from({ length: 3 }, () => 'service-reminder sent'), 'service-suspended sent'],
  );
  const gone = await customer.api.POST('/api/v1/services/{id}/renewals', {
    params: { path: { id } },
    body: { months: 1 },
  });
  assert.equal(gone.response.status, 409);
});
