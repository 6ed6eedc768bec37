import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { periodBrand, siteOf } from '../support/outages.ts';
import { staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Which lengths are sold, and how soon a changed price may hold: figures of each agreement, written out. */

let world: World;
before(async () => {
  world = await testWorld();
});

/** The lengths that aren't refused: somebody without money is told of the money, for those that are sold. */
async function lengths(brand: string, plan: string, region: string): Promise<number[]> {
  const customer = new StoryCustomer(siteOf(world, brand));
  await customer.getReady(null);
  const sold: number[] = [];
  for (let months = 1; months <= 14; months++) {
    const answer = customer.order({ plan, region, months, access: PASSWORD_ACCESS });
    const code = await answer.then(String, (error: unknown) => (error as ApiProblem).code);
    assert.ok(['insufficient-balance', 'period-not-sold'].includes(code), `${months}: ${code}`);
    if (code === 'insufficient-balance') sold.push(months);
  }
  return sold;
}

test('[lantian 5.2] [asiayun 3.5] [yunfuwuqi S3.1] the lengths that are sold, and no other', async () => {
  assert.deepEqual(await lengths('lantian', 'nat-s', 'hk'), [1]);
  assert.deepEqual(await lengths('asiayun', 'ay-1', 'hk'), [1, 3, 6, 12]);
  assert.deepEqual(await lengths('yunfuwuqi', 'cs-1', 'sg'), [1, 3, 12]);
});

/** The first price of the list made a yuan dearer: when it holds if nobody says when, and what a minute sooner is told. */
async function soonest(of: World, brand: string) {
  const staff = await staffMember(of, `pricing-${brand}`, siteOf(of, brand));
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  const dearer = csv.replace(
    /,(\d+)\.(\d\d)/,
    (_, yuan: string, fen: string) => `,${Number(yuan) + 1}.${fen}`,
  );
  const now = of.clock.now();
  const send = (effective_at?: string) =>
    ok(
      staff.POST('/api/v1/staff/prices', {
        body: { csv: dearer, ...(effective_at ? { effective_at } : {}) },
      }),
    );
  const days = (count: number) => addDays(now, count, 'Asia/Shanghai');
  return { days, send, sooner: (at: Date) => send(new Date(at.getTime() - 60_000).toISOString()) };
}

const tooSoon = (clause: string) => (error: unknown) => {
  assert.ok(error instanceof ApiProblem && error.code === 'price-change-too-soon', String(error));
  assert.equal((error.body.clause as { id: string }).id, clause);
  return true;
};

test('[yunfuwuqi S3.1] [asiayun 3.5] a changed price is announced a day before it holds, or holds at once where nothing is promised', async () => {
  const cloud = await soonest(world, 'yunfuwuqi');
  await assert.rejects(cloud.sooner(cloud.days(1)), tooSoon('S3.1'));
  assert.equal((await cloud.send()).effective_at, cloud.days(1).toISOString());
  const asia = await soonest(world, 'asiayun');
  assert.equal((await asia.send()).effective_at, asia.days(0).toISOString());
});

test('[qiniu 3.1.1] a changed price is announced a day ahead (on what 蓝天云 sells; 七牛云 sells nothing by the month)', async () => {
  const qiniu = await testWorld({ brandsDir: await periodBrand() });
  const { days, send, sooner } = await soonest(qiniu, 'qiniu');
  await assert.rejects(sooner(days(1)), tooSoon('3.1.1'));
  assert.equal((await send()).effective_at, days(1).toISOString());
});
