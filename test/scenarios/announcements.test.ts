import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addMs } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { announcementPost, noticeSend, noticesEvidence } from '#modules/notify/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { byChannel, evidenceOf, freezeAll, type Life, lifeAt, problem } from '../support/notices.ts';
import { testWorld } from '../support/world.ts';

/** What the site says to all, and what nobody but its reader sees. */

let world: World;

before(async () => {
  world = await testWorld();
});

test('[qiniu 7.3.4] an end by the operator is told on the site, in the inbox and by mail', async () => {
  const life = await lifeAt(world, 'qiniu');
  const ends = '2026-06-01 00:00';
  const ids = await asSystem(world.server.house, 'qiniu', 'test', async (tx, ctx) => {
    const { id: customerId, user_id: userId, email, locale } = await customerRead(tx, life.id);
    const terms = await acceptanceLatest(tx, customerId);
    const { clause } = terms!.parameters.provider_end!;
    const send = (dedupe: string) =>
      noticeSend(tx, ctx, {
        kind: 'service-ending',
        dedupe,
        to: { customerId, userId, email, locale },
        values: { hostname: 'bucket', ends, reason: '机房关闭', clause },
      });
    return [await send('one'), await send('two')];
  });
  await world.drain();
  const found = await noticesEvidence(world.server.house.db, ids);
  for (const each of found)
    assert.deepEqual(byChannel(each), {
      email: 'sent sent',
      site: 'delivered shown',
      'in-site': 'sent shown',
    });
  const { items } = await ok(life.customer.api.GET('/api/v1/announcements'));
  const shown = items.filter(({ title }) => title.zh.includes(ends));
  assert.equal(shown.length, 1, 'the site says it once');
  assert.equal(shown[0]!.clause, '7.3.4');
  assert.doesNotMatch(JSON.stringify(shown), /bucket|example\.com/);
});

test('announcements: from when until when, one brand’s alone, by clause not to be taken down', async () => {
  const life = await lifeAt(world, 'asiayun');
  const shown = async (brand: string) => {
    const { brands } = world.server.house;
    const visitor = new StoryCustomer(brands.url(brands.get(brand), world.url));
    return (await ok(visitor.api.GET('/api/v1/announcements'))).items.map(({ title }) => title.en);
  };
  const now = world.clock.now();
  const said = (zh: string) => ({ zh, en: zh });
  const body = {
    kind: 'maintenance' as const,
    title: said('Maintenance'),
    body: said('From two to three'),
    until: '2026-12-31',
  };
  await assert.rejects(
    ok(life.staff.POST('/api/v1/staff/announcements', { body: { ...body, until: '2026-01-01' } })),
    problem('invalid-input'),
  );
  const { id: posted } = await ok(life.staff.POST('/api/v1/staff/announcements', { body }));
  assert.ok((await shown('asiayun')).includes('Maintenance'));
  await world.advanceTo(addMs(now, 1_000));
  await ok(life.staff.POST('/api/v1/staff/announcements/{id}/end', { params: { path: { id: posted } } }));
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));
  await asSystem(world.server.house, 'asiayun', 'test', (tx, ctx) =>
    announcementPost(tx, ctx, {
      ...body,
      dedupe: 'maintenance',
      from: addMs(now, 60_000),
      until: addMs(now, 120_000),
    }),
  );
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));
  await world.advanceTo(addMs(now, 60_000));
  assert.ok((await shown('asiayun')).includes('Maintenance'));
  assert.ok(!(await shown('lantian')).includes('Maintenance'));
  await world.advanceTo(addMs(now, 120_000));
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));

  const id = await asSystem(world.server.house, 'asiayun', 'test', (tx, ctx) =>
    announcementPost(tx, ctx, {
      kind: 'revision',
      dedupe: 'revision:x',
      title: said('Revision'),
      body: said('…'),
      clause: '11',
    }),
  );
  const params = { path: { id } };
  await assert.rejects(
    ok(life.staff.POST('/api/v1/staff/announcements/{id}/end', { params })),
    problem('announcement-stays'),
  );
  const [evident] = await noticesEvidence(world.server.house.db, [id]);
  assert.deepEqual([evident!.told, evident!.ways[0]!.channel], [true, 'site']);
});

test('nobody sees what became of another’s notices', async () => {
  const one = await lifeAt(world, 'asiayun', '80');
  await freezeAll(world, one);
  const two = await lifeAt(world, 'asiayun');
  const { id: ids } = await evidenceOf(world, one, 'funds-frozen');
  const ask = async ({ customer }: Life) =>
    (await ok(customer.api.GET('/api/v1/notices/evidence', { params: { query: { ids } } }))).items.length;
  assert.deepEqual([await ask(one), await ask(two)], [1, 0]);
  await ok(two.customer.api.POST('/api/v1/notices/read', { body: { ids: [ids] } }));
  assert.equal(byChannel(await evidenceOf(world, one, 'funds-frozen'))['in-site'], 'sent shown');
});
