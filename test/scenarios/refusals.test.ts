import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type CallOptions, call, caller, made, ORDER } from '../faults/support/wire.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Orders that must be refused: a clear message in the reader's language, nothing half-made, no money gone. */

let world: World;
let rich: StoryCustomer;
let poor: StoryCustomer;
before(async () => {
  world = await testWorld();
  rich = await readyCustomer(world, '100');
  poor = await readyCustomer(world, '5');
  await world.drain();
});

interface Refusal {
  status: number;
  code: string;
  title: { zh: RegExp; en: RegExp };
  /** What to do about it. */
  detail: { zh: RegExp; en: RegExp };
  field?: string;
  clause?: string;
}

async function refused(customer: StoryCustomer, body: unknown, expected: Refusal): Promise<void> {
  const before = await made(world);
  const balance = await customer.balance();
  for (const [locale, language] of [
    ['zh-CN', 'zh'],
    ['en', 'en'],
  ] as const) {
    const options: CallOptions = { body, locale };
    const reply = await call(caller(world, customer), '/orders', options);
    assert.deepEqual([reply.status, reply.body.code], [expected.status, expected.code], reply.text);
    assert.match(String(reply.body.title), expected.title[language]);
    assert.match(String(reply.body.detail), expected.detail[language]);
    const { errors = [], clause } = reply.body as {
      errors?: { field: string; message: string }[];
      clause?: { id: string };
    };
    if (expected.field) assert.equal(errors[0]?.field, expected.field, reply.text);
    assert.equal(clause?.id, expected.clause);
    assert.doesNotMatch(reply.text, /\{\w+\}|undefined|NaN|stack/);
  }
  assert.deepEqual(await made(world), before, 'nothing was left');
  assert.equal(await customer.balance(), balance);
}

const password = (text: string) => ({ ...ORDER, access: { type: 'password', password: text } });
const key = (text: string) => ({ ...ORDER, access: { type: 'ssh_key', public_key: text } });

test('a plan that isn’t sold', () =>
  refused(
    rich,
    { ...ORDER, plan: 'nat-xxl' },
    {
      status: 422,
      code: 'plan-unknown',
      title: { zh: /没有这个套餐/, en: /no such plan/ },
      detail: { zh: /产品页/, en: /product page/ },
      field: 'plan',
    },
  ));

test('a region where the plan isn’t sold', () =>
  refused(
    rich,
    { ...ORDER, plan: 'nat-xl', region: 'cn-east' },
    {
      status: 422,
      code: 'region-unknown',
      title: { zh: /不在该地区出售/, en: /not sold in that region/ },
      detail: { zh: /地区/, en: /regions/ },
      field: 'region',
    },
  ));

test('an image that doesn’t exist', () =>
  refused(
    rich,
    { ...ORDER, image: 'windows-95' },
    {
      status: 422,
      code: 'image-unknown',
      title: { zh: /没有这个系统镜像/, en: /no such image/ },
      detail: { zh: /系统镜像/, en: /images/ },
      field: 'image',
    },
  ));

test('[lantian 5.2] a period that isn’t sold: 5.2', () =>
  refused(
    rich,
    { ...ORDER, months: 12 },
    {
      status: 422,
      code: 'period-not-sold',
      title: { zh: /不能购买这个时长/, en: /period is not sold/ },
      detail: { zh: /1 个月/, en: /1 month/ },
      clause: '5.2',
    },
  ));

test('host names that are none', async () => {
  const names = [
    '',
    ' ',
    '-a',
    'a-',
    'a b',
    'a.b',
    'a_b',
    '1a',
    'ä',
    '主机',
    'a'.repeat(64),
    'localhost',
    '$(id)',
    "a'",
    'a\nb',
    '../a',
  ];
  for (const hostname of names)
    await refused(
      rich,
      { ...ORDER, hostname },
      {
        status: 422,
        code: 'bad-hostname',
        title: { zh: /主机名不合规/, en: /host name/ },
        detail: { zh: /小写字母/, en: /lower-case/ },
        field: 'hostname',
      },
    );
});

test('passwords that are weak', async () => {
  for (const weak of [
    '',
    'short',
    'password123',
    'aaaaaaaaaaaa',
    '123456789012',
    'xx-web1name',
    'abababababab',
  ])
    await refused(
      rich,
      { ...password(weak), hostname: 'web1name' },
      {
        status: 400,
        code: 'weak-password',
        title: { zh: /密码太弱/, en: /too weak/ },
        detail: { zh: /8 个字符/, en: /8 characters/ },
        field: 'access.password',
      },
    );
});

test('passwords with characters that could begin another line, or that no terminal types', async () => {
  for (const odd of ['good-enough-1\ndaemon:x', 'good-enough-1\r', '足够长的密码一二三四五六'])
    await refused(rich, password(odd), {
      status: 422,
      code: 'password-characters',
      title: { zh: /不支持的字符/, en: /not possible/ },
      detail: { zh: /英文字母/, en: /ASCII/ },
      field: 'access.password',
    });
});

test('SSH keys that are none: private, options in front, two lines, cut, too short, old types', async () => {
  const good = 'AAAAC3NzaC1lZDI1NTE5AAAAIB3jU9MYmTT0tGkWwdvBwvUWJ0Q2LmK7z0S8wqYwZr5u';
  const keys = [
    '',
    'hello',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----',
    `command="rm -rf /" ssh-ed25519 ${good}`,
    `ssh-ed25519 ${good} a\nssh-ed25519 ${good} b`,
    `ssh-ed25519 ${good.slice(0, 40)}`,
    `ssh-ed25519 ${good}AAAA`,
    `ssh-rsa ${good}`,
    'ssh-dss AAAAB3NzaC1kc3MAAACBAP',
    `ssh-rsa ${Buffer.from('\0\0\0\x07ssh-rsa\0\0\0\x03\x01\0\x01\0\0\0\x04\0\xff\xff\xff', 'latin1').toString('base64')}`,
    `ssh-ed25519 ${good} \u0007`,
  ];
  for (const text of keys)
    await refused(rich, key(text), {
      status: 422,
      code: 'bad-ssh-key',
      title: { zh: /SSH 公钥/, en: /SSH public key/ },
      detail: { zh: /OpenSSH/, en: /OpenSSH/ },
      field: 'access.public_key',
    });
});

test('too little in the balance: says how much is missing, to the fen', async () => {
  await refused(poor, ORDER, {
    status: 402,
    code: 'insufficient-balance',
    title: { zh: /余额不足/, en: /Not enough/ },
    detail: { zh: /还差 4\.90 元/, en: /CNY 4\.90/ },
  });
  const { body } = await call(caller(world, poor), '/orders', { body: ORDER });
  assert.equal(body.missing, '4.90');
  await poor.topUp('4.90');
  const reply = await call(caller(world, poor), '/orders', { body: ORDER });
  assert.equal(reply.status, 201, 'what was said to be missing suffices');
  assert.equal(await poor.balance(), '0.00');
  await world.drain();
});

test('sold out', async () => {
  const { db } = world.server.house;
  const row = { brand: 'lantian', plan: 'nat-xl', region: 'hk', taken: 5 };
  await db.insertInto('catalogue_taken').values(row).execute();
  await refused(
    rich,
    { ...ORDER, plan: 'nat-xl' },
    {
      status: 409,
      code: 'no-stock',
      title: { zh: /售罄/, en: /Sold out/ },
      detail: { zh: /没有扣款/, en: /nothing was charged/ },
    },
  );
});

test('no room on any machine', async () => {
  const { db } = world.server.house;
  await db
    .updateTable('compute_node')
    .set({ memory_bytes: 2n ** 28n })
    .execute();
  await refused(rich, ORDER, {
    status: 409,
    code: 'no-capacity',
    title: { zh: /没有可用资源/, en: /no room/ },
    detail: { zh: /没有扣款/, en: /nothing was charged/ },
  });
  await db
    .updateTable('compute_node')
    .set({ memory_bytes: 2n ** 35n })
    .execute();
});

test('what is no order at all: each field that is wrong is named, in the reader’s language', async () => {
  const before = await made(world);
  const bodies: [unknown, string[]][] = [
    [{}, ['plan', 'region', 'months', 'image', 'hostname', 'access']],
    [{ ...ORDER, plan: 5 }, ['plan']],
    [{ ...ORDER, access: { type: 'none' } }, ['access.type']],
    [{ ...ORDER, access: { type: 'password' } }, ['access.password']],
    [{ ...ORDER, plan: 'x'.repeat(41) }, ['plan']],
    [[], ['body']],
    [null, ['body']],
  ];
  for (const [body, fields] of bodies) {
    for (const [locale, title] of [
      ['zh-CN', /输入有误/],
      ['en', /wrong/],
    ] as const) {
      const reply = await call(caller(world, rich), '/orders', { body, locale });
      assert.deepEqual([reply.status, reply.body.code], [400, 'invalid-input'], reply.text);
      assert.match(String(reply.body.title), title);
      const errors = (reply.body.errors ?? []) as { field: string; message: string }[];
      assert.deepEqual(
        errors.map(({ field }) => field),
        fields,
        reply.text,
      );
      if (locale === 'zh-CN') for (const { message } of errors) assert.match(message, /\p{Script=Han}/u);
    }
  }
  assert.deepEqual(await made(world), before);
});

test('after all that refusing, the same customer can still buy', async () => {
  const reply = await call(caller(world, rich), '/orders', { body: ORDER });
  assert.equal(reply.status, 201, reply.text);
  const service = await rich.until(String(reply.body.service_id), ({ state }) => state === 'active');
  assert.equal(service.instance?.power, 'running');
});
