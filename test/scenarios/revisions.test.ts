import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { addDays, naturalDay } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { refused, revisingWorld } from '../support/revising.ts';

/** What becomes of customers when an agreement is revised, brand by brand. */

const {
  world,
  brandsDir,
  revise,
  siteOf,
  customerAt,
  standing,
  acceptances,
  days,
  restart,
  serviceAt,
  reviseLantian,
  policyFor,
} = await revisingWorld();
const DAY_MS = 86_400_000;

test('[asiayun 11] a revision is announced on the site and holds 7 natural days later; until then nothing changes', async () => {
  const old = await customerAt('asiayun', '500');
  const id = await serviceAt(old);
  const before = await ok(old.api.GET('/api/v1/terms'));
  await revise(
    'asiayun',
    ['version: "2021-04-05"', 'version: "2026-03-02"'],
    ['days_before: [7, 3, 1]', 'days_before: [10, 2]'],
    ['我们提供技术支持和咨询。', '我们提供技术支持、培训和咨询。'],
  );

  const visitor = new StoryCustomer(siteOf('asiayun'));
  const [next] = (await ok(visitor.api.GET('/api/v1/terms/revisions'))).items;
  assert.deepEqual(
    [next!.version, next!.replaces?.version, next!.in_force, next!.clause?.id, next!.by],
    ['2026-03-02', '2021-04-05', false, '11', 'accept'],
  );
  assert.equal(next!.effective_at, '2026-03-09T02:00:00.000Z');
  const support = next!.changes.find((change) => change.id === '4.1')!;
  assert.deepEqual(
    support.text.zh.filter(({ as }) => as !== 'same'),
    [{ as: 'new', text: '、培训' }],
  );
  const reminders = next!.changes.find((change) => change.id === '3.6')!;
  assert.deepEqual(reminders.figures, [
    { name: 'reminders.days_before', before: '[7,3,1]', after: '[10,2]' },
  ]);
  const both = await Promise.all(
    ['2021-04-05', '2026-03-02'].map((version) =>
      ok(visitor.api.GET('/api/v1/terms/versions/{version}', { params: { path: { version } } })),
    ),
  );
  assert.deepEqual(
    both.map(({ sha256 }) => sha256),
    [next!.replaces!.sha256, next!.sha256],
    'both versions can be read',
  );

  await world.advanceTo(new Date('2026-03-09T01:59:59Z'));
  assert.equal((await ok(old.api.GET('/api/v1/terms'))).id, before.id);
  const young = await customerAt('asiayun', null);
  assert.equal((await standing(young)).accepted_version, '2021-04-05', 'new customers accept the old one');
  await old.stayIn(world.clock.now());
  await old.renew(id);

  await world.advanceTo(new Date('2026-03-09T02:00:00Z'));
  const is = await standing(old);
  assert.deepEqual(
    [is.accepted, is.accepted_version, is.revision?.version, is.revision?.in_force, is.revision?.by],
    [false, '2021-04-05', '2026-03-02', true, 'accept'],
  );
  for (const buy of [() => old.renew(id), () => serviceAt(old)]) {
    const body = await refused(buy(), 'terms-not-accepted');
    assert.deepEqual(
      [(body.clause as { id: string }).id, (body.clause as { version: string }).version],
      ['1.1', '2026-03-02'],
    );
  }
  await restart(old, id);
  assert.equal((await acceptances(old)).length, 1, 'going on accepts nothing where no clause says so');
  await refused(ok(old.api.POST('/api/v1/terms/disagreement')), 'disagreement-not-in-terms');

  await old.acceptTerms();
  assert.equal((await standing(old)).accepted, true);
  const { policy, service } = await policyFor(id);
  assert.equal(policy.version.version, '2026-03-02', 'what runs follows');
  assert.deepEqual(policy.parameters.reminders?.days_before, [10, 2]);
  assert.equal(
    service.remind_at?.getTime(),
    service.period_end.getTime() - 10 * DAY_MS,
    'reminders are set anew',
  );
  assert.ok((await old.history(id)).some(({ action }) => action === 'service.terms-followed'));
  await old.renew(id);
});

test('[lantian 6.1, 6.2] holds from its publication, is mailed, and going on is accepting it; buying is confirmed anew', async () => {
  const active = await customerAt('lantian', '100');
  const away = await customerAt('lantian', '100');
  const id = await serviceAt(active);
  const kept = await serviceAt(away);
  const version = await reviseLantian('grace_days: 3', 'grace_days: 5');

  assert.equal((await ok(active.api.GET('/api/v1/terms'))).version, version);
  const mails = (await ok(active.api.GET('/api/v1/notices'))).items;
  assert.ok(
    mails.some(({ subject }) => subject.includes(version)),
    'each customer is told by mail',
  );

  await active.service(id);
  await ok(active.api.GET('/api/v1/services'));
  assert.equal((await acceptances(active)).length, 1, 'looking is not using');
  await refused(serviceAt(active), 'terms-not-accepted');
  assert.equal((await acceptances(active)).length, 1, 'what is refused is no use');
  await restart(active, id);
  const [used] = await acceptances(active);
  assert.deepEqual(
    [used!.method, used!.version, used!.evidence, used!.ip, used!.highlights],
    ['use', version, 'POST /services/:id/power', '127.0.0.1', []],
  );
  await restart(active, id);
  assert.equal((await acceptances(active)).length, 2, 'once');
  await refused(serviceAt(active), 'terms-not-accepted');
  await active.acceptTerms();
  await serviceAt(active);

  const grace = async (service: string) => (await policyFor(service)).policy.parameters.expiry?.grace_days;
  assert.deepEqual([await grace(id), await grace(kept)], [5, 3], 'who never comes keeps what it accepted');
});

test('F25 what fell due while nobody ran is done all the same, though its customer came under a revision before', async () => {
  const customer = await customerAt('lantian', '100');
  const [told, renewed] = [await serviceAt(customer), await serviceAt(customer)];
  const params = { path: { id: renewed } };
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  const end = new Date((await customer.service(renewed)).period_end);
  await world.advanceTo(days(1));
  await reviseLantian('grace_days: 5', 'grace_days: 4');
  world.clock.moveTo(addDays(end, -2, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  await customer.acceptTerms();
  await world.advanceTo(world.clock.now());
  const reminded = (await customer.history(told)).filter(({ action }) => action === 'service.reminded');
  assert.deepEqual(
    reminded.map(({ facts }) => facts.days_before),
    [3],
  );
  assert.ok(new Date((await customer.service(renewed)).period_end) > end);
});

test('[yunfuwuqi S8] holds from its publication, and going on is accepting it', async () => {
  const customer = await customerAt('yunfuwuqi', '100');
  const id = await serviceAt(customer);
  const version = naturalDay(world.clock.now(), 'Asia/Shanghai');
  await revise(
    'yunfuwuqi',
    ['version: "2025-12-15"', `version: "${version}"`],
    ['grace_days: 15', 'grace_days: 20'],
  );
  await world.advanceTo(days(0));
  assert.equal((await ok(customer.api.GET('/api/v1/terms'))).version, version);
  const is = await standing(customer);
  assert.deepEqual(
    [is.accepted_version, is.revision?.in_force, is.revision?.by],
    ['2025-12-15', true, 'use'],
  );
  await refused(serviceAt(customer), 'terms-not-accepted');
  await restart(customer, id);
  const [used] = await acceptances(customer);
  assert.deepEqual([used!.method, used!.version], ['use', version]);
  const { policy } = await policyFor(id);
  assert.equal(policy.parameters.expiry?.grace_days, 20);
});

test('a revision dated in the past, or before another, is refused with file, line and reason', async () => {
  await world.advanceTo(days(3));
  const newest = (await ok(new StoryCustomer(siteOf('lantian')).api.GET('/api/v1/terms'))).version;
  const path = join(brandsDir, 'lantian', 'terms.yaml');
  const text = await readFile(path, 'utf8');
  const today = world.clock.now().toISOString().slice(0, 10);
  const wrong: [version: string, said: RegExp][] = [
    ['2026-01-05', /dated before version/],
    [new Date(Date.parse(newest) + DAY_MS).toISOString().slice(0, 10), /dated in the past: .* before today/],
  ];
  for (const [version, said] of wrong) {
    assert.ok(version < today);
    await writeFile(path, text.replace(/version: ".*"/, `version: "${version}"`));
    await assert.rejects(world.reopen(), (error: Error) => {
      assert.match(error.message, /lantian\/terms\.yaml:3: version: /);
      assert.match(error.message, said);
      return true;
    });
  }
  await writeFile(path, text);
  await world.reopen();
});
