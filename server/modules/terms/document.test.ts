import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BrandFileError, readBrandFile, readYaml } from '#kernel/brand-file.ts';
import { documentHash, termsFile } from './document.ts';

const BRANDS = join(import.meta.dirname, '../../../brands');
const LANTIAN = join(BRANDS, 'lantian/terms.yaml');

async function edited(t: TestContext, from: string | RegExp, to: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-terms-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const text = await readFile(LANTIAN, 'utf8');
  assert.notEqual(text.replace(from, to), text, 'the edit changes something');
  const path = join(dir, 'terms.yaml');
  await writeFile(path, text.replace(from, to));
  return path;
}

test('the terms of every brand that we ship are in form, in both languages', async () => {
  for (const brand of await readdir(BRANDS)) {
    const document = readBrandFile(join(BRANDS, brand), 'terms.yaml', termsFile);
    for (const { id, title, text } of [...document.clauses, ...document.highlights]) {
      assert.match(title.zh + text.zh, /\p{Script=Han}/u, id);
      assert.doesNotMatch(title.en + text.en, /\p{Script=Han}/u, id);
    }
  }
});

test('蓝天云’s figures are those of its agreement', () => {
  const { parameters, highlights } = readYaml(LANTIAN, termsFile);
  assert.deepEqual(parameters.reminders?.days_before, [7, 3, 1]);
  assert.deepEqual(
    [parameters.expiry?.suspend, parameters.expiry?.grace_days, parameters.expiry?.clause],
    ['at-once', 3, '5.3'],
  );
  assert.deepEqual(parameters.periods?.months, [1]);
  assert.deepEqual([parameters.refund.rule, parameters.refund.clause], ['none', '5.4']);
  assert.deepEqual(
    highlights.map(({ id }) => id),
    ['no-sla', 'no-backup', 'no-refund', 'aup'],
  );
});

test('terms that can’t be acted on are refused with file, line and reason', async (t) => {
  const wrong: [from: string | RegExp, to: string, said: RegExp][] = [
    ['grace_days: 3', 'grace_days: -1', /terms\.yaml:15: parameters\.expiry\.grace_days: .*>=0/],
    ['grace_days: 3', 'grace_days: 3.5', /:15: parameters\.expiry\.grace_days: /],
    ['grace_days: 3', 'grace_days: 400', /:15: parameters\.expiry\.grace_days: /],
    ['grace_days: 3', 'grace_days: "3"', /:15: parameters\.expiry\.grace_days: /],
    ['grace_days: 3, ', '', /:15: parameters\.expiry\.grace_days: /],
    [
      'expiry: { clause: "5.3"',
      'expiry: { clause: "5.9"',
      /:15: parameters\.expiry\.clause: there is no clause 5\.9$/,
    ],
    [
      'id: no-sla\n    clause: "4.2"',
      'id: no-sla\n    clause: "9.9"',
      /highlights\.0\.clause: there is no clause 9\.9$/,
    ],
    ['[7, 3, 1]', '[1, 3, 7]', /:14: parameters\.reminders\.days_before: give the days in falling order/],
    ['[7, 3, 1]', '[7, 7, 1]', /falling order, each once/],
    ['[7, 3, 1]', '[7, 0]', /:14: parameters\.reminders\.days_before\.1: /],
    ['[7, 3, 1]', '[]', /:14: parameters\.reminders\.days_before: /],
    ['- id: "7.2"', '- id: "7.1"', /clauses: a clause id stands twice$/],
    ['version: "2025-07-19"', 'version: "19.7.2025"', /:3: version: /],
    ['version: "2025-07-19"', 'version: "2025-02-30"', /:3: version: /],
    ['months: [1]', 'months: [0]', /parameters\.periods\.months\.0: /],
    ['rule: none', 'rule: sometimes', /parameters\.refund\.rule: /],
    ['then: delete', 'then: keep', /parameters\.expiry\.then: /],
    ['suspend: at-once', 'suspend: at-once, mercy: yes', /:15: parameters\.expiry: .*mercy/],
    ['  refund:', '  refunds:', /parameters/],
  ];
  for (const [from, to, said] of wrong) {
    const path = await edited(t, from, to);
    const load = () => readYaml(path, termsFile);
    assert.throws(
      load,
      (error) => {
        assert.ok(error instanceof BrandFileError);
        assert.ok(error.message.startsWith(path));
        assert.match(error.message, said);
        return true;
      },
      to,
    );
  }
});

test('a version is known by what it says, not by how it is laid out', async (t) => {
  const original = documentHash(readYaml(LANTIAN, termsFile));
  assert.match(original, /^[0-9a-f]{64}$/);
  const same: [string | RegExp, string][] = [
    [/^/, '# A comment.\n\n'],
    ['{ clause: "5.3", suspend: at-once, grace_days: 3', '{ grace_days: 3, suspend: at-once, clause: "5.3"'],
  ];
  for (const [from, to] of same)
    assert.equal(documentHash(readYaml(await edited(t, from, to), termsFile)), original);
  const other: [string | RegExp, string][] = [
    ['grace_days: 3', 'grace_days: 4'],
    ['zh: 不提供备份', 'zh: 不提供备份。'],
    ['[7, 3, 1]', '[7, 3]'],
  ];
  for (const [from, to] of other)
    assert.notEqual(documentHash(readYaml(await edited(t, from, to), termsFile)), original);
});
