import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { siteOf } from '../support/outages.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** When each agreement that sells by the period reminds of the end: figures written out. */

const REMINDED = {
  asiayun: { plan: 'ay-1', region: 'hk', clause: '3.6', days: [7, 3, 1] },
  wujiyun: { plan: 'ay-1', region: 'hk', clause: '3.6', days: [7, 3, 1] },
  yunfuwuqi: { plan: 'cs-1', region: 'sg', clause: 'S3.2', days: [7, 3, 1] },
};

test('[asiayun 3.6] [wujiyun 3.6] [yunfuwuqi S3.2] a reminder 7, 3 and 1 days before the end, at that time, citing the clause', async () => {
  const world = await testWorld();
  const ids = new Map<string, string>();
  for (const [brand, { plan, region }] of Object.entries(REMINDED)) {
    const customer = new StoryCustomer(siteOf(world, brand));
    await customer.getReady('500');
    ids.set(brand, await customer.order({ plan, region, access: PASSWORD_ACCESS }));
  }
  await world.drain();
  const { db } = world.server.house;
  const ends = await db.selectFrom('lifecycle_service').select(['id', 'period_end']).execute();
  await world.advanceTo(addDays(world.clock.now(), 32, 'Asia/Shanghai'));
  for (const [brand, { clause, days }] of Object.entries(REMINDED)) {
    const id = ids.get(brand)!;
    const end = ends.find((each) => each.id === id)!.period_end;
    const said = await db
      .selectFrom('audit_event')
      .select(['at', 'clause_id', 'facts'])
      .where('action', '=', 'service.reminded')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute();
    assert.deepEqual(
      said.map(({ at, clause_id, facts }) => [
        at.toISOString(),
        clause_id,
        (facts as { days_before: number }).days_before,
      ]),
      days.map((before) => [addDays(end, -before, 'Asia/Shanghai').toISOString(), clause, before]),
      brand,
    );
    const { body } = await db
      .selectFrom('notify_notice as n')
      .innerJoin('lifecycle_reminder as r', 'r.notice_id', 'n.id')
      .select('n.body')
      .where('r.service_id', '=', id)
      .where('r.days_before', '=', 7)
      .executeTakeFirstOrThrow();
    // 亚云 deletes nothing by itself; 云服务器 ends it after its fifteen days, and says so beforehand.
    if (brand === 'yunfuwuqi') assert.match(body, /15 天内续费.*终止.*S3\.2/s);
    else assert.doesNotMatch(body, /终止|删除/);
  }
});
