import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, addMinutes, addMs, naturalDay } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { Player, Scene } from './scene.ts';
import { expect } from './telling.ts';

const HOUR_MS = 3_600_000;

/** What the operator changes under its customers (亚云 5.5, 11), and what unpaid periods come to (4.5.2.1). */

export async function leavesItsPlace(scene: Scene, customer: Player, service: string): Promise<void> {
  scene.chapter('A move to another data centre');
  const staff = await scene.staff.one();
  const schedule = (from: Date) =>
    ok(
      staff.POST('/api/v1/staff/moves', {
        body: {
          kind: 'planned',
          node: null,
          services: [service],
          destination: { zh: '二号机房', en: 'the second data centre' },
          reason: '机房到期',
          from: from.toISOString(),
          until: addMs(from, 4 * HOUR_MS).toISOString(),
        },
      }),
    );
  const day = (count: number) => addDays(addMinutes(scene.now(), 10), count, scene.zone);
  await scene.refused('a move in two natural days', schedule(day(2)), 'move-too-soon');
  const { id } = await schedule(day(3));
  await scene.world.drain();
  const move = async () =>
    (await ok((await scene.staff.one()).GET('/api/v1/staff/moves'))).items.find((one) => one.id === id);
  const [told] = (await move())?.told ?? [];
  expect(told?.clause_id === '5.5' && told.notice_id !== null, 'its customer is told by 5.5');
  const announced = (await move())!;
  scene.act(`a move from ${announced.from} is ${announced.state}, ${announced.told.length} told`, '5.5');
  await scene.moveTo(addMinutes(new Date(announced.from), 1));
  await ok(
    (await scene.staff.one()).POST('/api/v1/staff/moves/{id}/completion', {
      params: { path: { id } },
      body: { new_address: null },
    }),
  );
  scene.act(
    `the move is ${(await move())?.state}; ${(await customer.service(service)).state} all along`,
    '5.5',
  );
  await scene.tellLog(customer.id);
}

export async function newTermsCome(
  scene: Scene,
  customer: Player,
  service: string,
  brandsDir: string,
): Promise<void> {
  scene.chapter('A revision of the agreement');
  const old = scene.version;
  const version = naturalDay(scene.now(), scene.zone);
  await revise(join(brandsDir, 'asiayun', 'terms.yaml'), [
    [`version: "${old}"`, `version: "${version}"`],
    ['days_before: [7, 3, 1]', 'days_before: [10, 2]'],
  ]);
  await scene.world.reopen();
  const [next] = (await ok(customer.api.GET('/api/v1/terms/revisions'))).items;
  expect(next?.version === version && !next.in_force, 'it is announced, and not in force');
  scene.act(
    `version ${next.version} announced, holds from ${next.effective_at}`,
    next.clause ? { id: next.clause.id, version: old } : null,
  );
  const holds = new Date(next.effective_at);
  await scene.moveTo(addMinutes(holds, -10));
  expect((await ok(customer.api.GET('/api/v1/terms'))).version === old, 'the old one holds until then');
  await customer.renew(service);
  scene.act(`${old} still holds, and renewals go on by it`, '11');
  await scene.moveTo(addMinutes(holds, 1));
  expect((await ok(customer.api.GET('/api/v1/terms'))).version === version, 'then the new one');
  await scene.refused('a renewal before it is accepted', customer.renew(service), 'terms-not-accepted');
  await customer.acceptTerms();
  scene.version = version;
  const { figures } = await ok(
    customer.api.GET('/api/v1/services/{id}/policy', { params: { path: { id: service } } }),
  );
  const reminders = figures.find(({ parameter }) => parameter === 'reminders')!;
  scene.act(`accepted: reminders now ${JSON.stringify(reminders.value.days_before)}`, reminders.clause);
  await scene.tellLog(customer.id);
}

async function revise(file: string, edits: [from: string, to: string][]): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const [from, to] of edits) {
    expect(text.includes(from), `${file} says ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(file, text);
}

/** Nobody renews: reminded, stopped at once, and not deleted by itself, since no clause says so. */
export async function runsOut(scene: Scene, customer: Player, service: string): Promise<void> {
  scene.chapter('Nobody renews');
  const { period_end } = await customer.service(service);
  const end = new Date(period_end);
  await scene.moveTo(addMinutes(end, -1));
  expect((await customer.service(service)).state === 'active', 'it runs to its last paid minute');
  await scene.moveTo(addMinutes(end, 1));
  const stopped = await customer.service(service);
  expect(stopped.state === 'suspended', `it stands still (it is ${stopped.state})`);
  expect(stopped.delete_at === null, 'no clause deletes it by itself');
  await scene.acted(customer.id, ['service.reminded', '3.6'], ['service.suspended', '4.5.2.1']);
  await customer.renew(service);
  await scene.world.drain();
  const again = await customer.until(service, ({ state }) => state === 'active', 90);
  scene.act(`paid, it runs again until ${again.period_end}`);
  await scene.acted(customer.id, ['service.restored', '4.5.2.1']);
}
