import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BrandFileError, readYaml } from '#kernel/brand-file.ts';
import { keepsAll, type TermsDocument, termsFile } from './document.ts';

const BRANDS = join(import.meta.dirname, '../../../brands');

async function edited(t: TestContext, brand: string, from: string | RegExp, to: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-checks-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, brand, 'terms.yaml'), join(dir, 'terms.yaml'));
  const text = await readFile(join(dir, 'terms.yaml'), 'utf8');
  assert.notEqual(text.replace(from, to), text, `${brand}: ${String(from)} is in the file`);
  await writeFile(join(dir, 'terms.yaml'), text.replace(from, to));
  return join(dir, 'terms.yaml');
}

test('terms that contradict themselves are refused with file, line, reason and what was probably meant', async (t) => {
  const wrong: [brand: string, from: string | RegExp, to: string, said: RegExp][] = [
    ['lantian', '[7, 3, 1]', '[28, 3, 1]', /reminded before it begins; at most 27 days$/],
    ['lantian', /\n {2}expiry: .*/, '', /reminders\.days_before: there is no expiry to remind of$/],
    ['lantian', 'notice_days: 0, channels', 'notice_days: 3, channels', /write after-notice$/],
    [
      'asiayun',
      'effect: after-notice, notice_days: 7',
      'effect: after-notice, notice_days: 0',
      /write on-publication$/,
    ],
    ['lantian', 'on_disagree: [may-stop], ', '', /revision\.end_days: on_disagree is missing/],
    [
      'qiniu',
      /\n {2}retention: .*/,
      '',
      /revision\.on_disagree: data to download is promised, and there is no retention/,
    ],
    [
      'lantian',
      /code: enforcement\n/,
      'parameter: throtle\n',
      /:\d+: clauses\.\d+\.parameter: there is no parameter throtle; did you mean throttle\?$/,
    ],
    [
      'lantian',
      '  - id: "7.2"\n    kind: declared',
      '  - id: "7.2"\n    kind: gate',
      /:\d+: clauses\.\d+\.kind: clause 7\.2 is gate, but no parameter names it and it names no parameter or code$/,
    ],
    ['lantian', 'kind: gate\n', 'kind: gate\n    because: of-that\n', /clauses\.\d+: .*because/],
  ];
  for (const [brand, from, to, said] of wrong) {
    const path = await edited(t, brand, from, to);
    assert.throws(
      () => readYaml(path, termsFile),
      (error) => {
        assert.ok(error instanceof BrandFileError);
        assert.ok(error.message.startsWith(`${path}:`));
        assert.match(error.message, said);
        return true;
      },
      to,
    );
  }
});

test('by what a clause is kept may be said later; what it says may not', () => {
  const document = readYaml(join(BRANDS, 'lantian/terms.yaml'), termsFile);
  const changed = (change: (clause: TermsDocument['clauses'][number]) => object): TermsDocument => ({
    ...document,
    clauses: document.clauses.map((clause, i) => (i === 1 ? { ...clause, ...change(clause) } : clause)),
  });
  assert.ok(
    keepsAll(
      document,
      changed(() => ({ code: 'terms/gates', parameter: 'acceptance' })),
    ),
  );
  assert.ok(
    !keepsAll(
      document,
      changed(() => ({ kind: 'tool' })),
    ),
  );
  assert.ok(
    !keepsAll(
      document,
      changed(({ text }) => ({ text: { ...text, en: `${text.en} ` } })),
    ),
  );
});
