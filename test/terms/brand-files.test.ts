import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BrandFileError } from '#kernel/brand-file.ts';
import { nearest } from '#kernel/nearest.ts';
import { brandDiff } from '#server/brand-diff.ts';
import { brandSchemas, readBrandFolder } from '#server/brand-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const BRANDS = join(ROOT, 'brands');
const run = promisify(execFile);

/** A copy of the brands with edits: file, from, to. Returns the folder of the copies. */
async function edited(t: TestContext, ...edits: [file: string, from: string | RegExp, to: string][]) {
  const root = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await cp(BRANDS, root, { recursive: true });
  for (const [file, from, to] of edits) {
    const text = await readFile(join(root, file), 'utf8');
    assert.notEqual(text.replace(from, to), text, `the edit of ${file} changes something`);
    await writeFile(join(root, file), text.replace(from, to));
  }
  return root;
}

test('what is misspelt is told with what was probably meant', async (t) => {
  const wrong: [file: string, from: string | RegExp, to: string, said: RegExp][] = [
    [
      'qiniu/terms.yaml',
      'late_fee: {',
      'late_fees: {',
      /qiniu\/terms\.yaml:\d+: parameters: .*late_fees.*did you mean late_fee\?$/,
    ],
    [
      'qiniu/terms.yaml',
      'end_days: 30',
      'end_day: 30',
      /parameters\.arrears: .*did you mean end_days\?$|parameters\.arrears\.end_days: /,
    ],
    [
      'asiayun/terms.yaml',
      'rule: cash-only',
      'rule: cash_only',
      /parameters\.withdrawal\.rule: .*did you mean cash-only\?$/,
    ],
    [
      'asiayun/terms.yaml',
      'appeal_clause: 5.4-appeal',
      'appeal_clause: 5.4-apeal',
      /parameters\.fund_freeze\.appeal_clause: there is no clause 5\.4-apeal; did you mean 5\.4-appeal\?$/,
    ],
    [
      'asiayun/terms.yaml',
      'kind: automated',
      'kind: automatic',
      /clauses\.\d+\.kind: .*did you mean automated\?$/,
    ],
    ['asiayun/brand.yaml', 'tagline:', 'tag_line:', /asiayun\/brand\.yaml:\d+: /],
    [
      'asiayun/brand.yaml',
      'targets: { category: network',
      'targets: { category: netwrok',
      /asiayun\/brand\.yaml:1: watch\.targets\.category: .*netwrok; did you mean network\?$/,
    ],
    [
      'qiniu/catalogue.yaml',
      'kind: time-weighted',
      'kind: time-weigthed',
      /qiniu\/catalogue\.yaml:\d+: metered\.0\.meters\.0\.kind: .*did you mean time-weighted\?$/,
    ],
  ];
  for (const [file, from, to, said] of wrong) {
    const root = await edited(t, [file, from, to]);
    assert.throws(
      () => readBrandFolder(join(root, file.split('/')[0]!)),
      (error) => {
        assert.ok(error instanceof BrandFileError, String(error));
        assert.match(error.message, said);
        return true;
      },
      to,
    );
  }
});

test('a word is suggested only when one alone is near', () => {
  assert.equal(nearest('grace_day', ['grace_days', 'suspend', 'then']), 'grace_days');
  assert.equal(nearest('5.9', ['5.1', '5.2', '5.3']), null, 'as near to each of them');
  assert.equal(nearest('colour', ['grace_days', 'suspend']), null);
  assert.equal(nearest('EXPIRY', ['expiry']), 'expiry');
});

test('a file that extends another is one document with it, and its faults are told where they stand', async (t) => {
  const overlay = 'title: { zh: 武极云用户服务协议, en: Wuji Cloud User Service Agreement }\n';
  const add = (more: string): [string, string, string] => ['wujiyun/terms.yaml', overlay, overlay + more];
  const wujiyun = (root: string) => readBrandFolder(join(root, 'wujiyun')).terms;

  const changed = wujiyun(
    await edited(
      t,
      add(
        'parameters: { migration: { notice_days: 5 } }\n' +
          'clauses:\n  - { id: "5.5", text: { zh: 提前五天, en: Five days ahead } }\n' +
          '  - { id: "12", kind: declared, title: { zh: 新, en: New }, text: { zh: 新条, en: A new one } }\n',
      ),
    ),
  );
  assert.deepEqual(changed.parameters.migration, { clause: '5.5', notice_days: 5 });
  const clause = (id: string) => changed.clauses.find((candidate) => candidate.id === id);
  assert.deepEqual([clause('5.5')?.kind, clause('5.5')?.text.en], ['notice', 'Five days ahead']);
  assert.equal(changed.clauses.at(-1)?.id, '12');

  const faults: [edit: [string, string | RegExp, string], said: RegExp][] = [
    [
      add('parameters: { migration: { notice_days: 0 } }\n'),
      /wujiyun\/terms\.yaml:6: parameters\.migration\.notice_days: /,
    ],
    [
      ['wujiyun/terms.yaml', 'extends: asiayun', 'extends: asiayum'],
      /wujiyun\/terms\.yaml:\d: extends: there is no asiayum/,
    ],
    [['wujiyun/terms.yaml', 'extends: asiayun', 'extends: ../asiayun'], /extends: there is no/],
    [
      ['wujiyun/terms.yaml', 'extends: asiayun', 'extends: wujiyun'],
      /extends: wujiyun extends another brand itself/,
    ],
    [
      ['asiayun/terms.yaml', 'notice_days: 3', 'notice_days: 0'],
      /asiayun\/terms\.yaml:\d+: parameters\.migration/,
    ],
  ];
  for (const [edit, said] of faults) {
    const root = await edited(t, edit);
    assert.throws(
      () => wujiyun(root),
      (error) => error instanceof BrandFileError && said.test(error.message),
      String(said),
    );
  }
});

test('what is sold needs terms to end it and to charge it', async (t) => {
  const endless = await edited(t, ['yunfuwuqi/terms.yaml', /\n {2}(expiry|reminders): .*/g, '']);
  assert.throws(() => readBrandFolder(join(endless, 'yunfuwuqi')), /catalogue\.yaml:1: .*no expiry/);
  const free = await edited(t, ['qiniu/terms.yaml', /\n {2}metered: .*/, '']);
  assert.throws(() => readBrandFolder(join(free, 'qiniu')), /catalogue\.yaml:1: .*no metered/);
});

test('a difference is told in words, with the clause that it rests on', async (t) => {
  const root = await edited(
    t,
    ['lantian/terms.yaml', 'grace_days: 3', 'grace_days: 5'],
    ['lantian/terms.yaml', '所有产品原则上不退款。', '所有产品不退款。'],
    ['lantian/catalogue.yaml', 'price: "9.90"', 'price: "12.00"'],
  );
  const before = readBrandFolder(join(BRANDS, 'lantian'));
  assert.deepEqual(brandDiff(before, before), []);
  assert.deepEqual(brandDiff(before, readBrandFolder(join(root, 'lantian'))), [
    '§ 5.3 Expiry, grace and deletion: expiry.grace_days is 5 instead of 3',
    '§ 5.4 No refunds reads otherwise: In principle no refunds, for every product.',
    'Plan nat-s: price is "12.00" instead of "9.90"',
  ]);
});

test('the published schemas are those of the program: node server/brand-files.ts', async () => {
  for (const [name, schema] of Object.entries(brandSchemas()))
    assert.equal(
      await readFile(join(ROOT, 'docs/schemas', name), 'utf8'),
      `${JSON.stringify(schema, null, 2)}\n`,
      name,
    );
});

test('the command says what is in form and what isn’t', async (t) => {
  const brand = (...words: string[]) =>
    run(process.execPath, ['server/cli/main.ts', 'brand', ...words], { cwd: ROOT }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    );
  const good = await brand('check', 'qiniu');
  assert.equal(good.code, 0);
  assert.match(good.said, /七牛云 Qiniu Cloud: in form\.[\s\S]*46 clauses/);
  const root = await edited(t, ['qiniu/terms.yaml', 'per_day: "0.0005"', 'per_day: 5%']);
  const bad = await brand('check', join(root, 'qiniu'));
  assert.equal(bad.code, 1);
  assert.match(bad.said, /qiniu\/terms\.yaml:\d+: parameters\.late_fee\.per_day: /);
  const compared = await brand('diff', 'asiayun', 'wujiyun');
  assert.match(compared.said, /Version of the terms: 2022-11-27 instead of 2021-04-05/);
  assert.deepEqual([(await brand('chek', 'qiniu')).code, (await brand('check', 'nobody')).code], [2, 1]);
});
