import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { BrandFileError, readYaml } from './brand-file.ts';
import { Brands } from './brands.ts';

const BRANDS = join(import.meta.dirname, '../../brands');

/** A copy of the brands, in which a line of 蓝天云's brand.yaml reads otherwise. */
async function edited(t: TestContext, from: RegExp | string, to: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await cp(BRANDS, root, { recursive: true });
  const path = join(root, 'lantian/brand.yaml');
  const text = await readFile(path, 'utf8');
  assert.notEqual(text.replace(from, to), text, 'the edit changes something');
  await writeFile(path, text.replace(from, to));
  return root;
}

test('the brands that we ship load', () => {
  const brands = Brands.load(BRANDS);
  const lantian = brands.get('lantian');
  assert.deepEqual([lantian.name.zh, lantian.zone], ['蓝天云', 'Asia/Shanghai']);
  assert.throws(() => brands.get('nobody'), /no brand nobody/);
});

test('a brand is found by its domains, whatever their case; others get the first', () => {
  const lantian = Brands.load(BRANDS).get('lantian');
  const other = { ...lantian, id: 'other', domains: ['other.example', '*.other.example'] };
  const brands = new Brands([lantian, other]);
  const chosen: [string, string][] = [
    ['lantian.pro', 'lantian'],
    ['other.example', 'other'],
    ['WWW.Other.Example', 'other'],
    ['a.b.other.example', 'other'],
    ['evil-other.example', 'lantian'],
    ['other.example.evil', 'lantian'],
    ['localhost', 'lantian'],
    ['', 'lantian'],
  ];
  for (const [host, id] of chosen) assert.equal(brands.byHost(host).id, id, host);
});

test('a wrong file names itself, the line and what is wrong there', async (t) => {
  // With what follows the number of the line, which is that of the edited text or the one after.
  const wrong: [string, string, RegExp, number][] = [
    ['zone: Asia/Shanghai', 'zone: Asia/Atlantis', /^zone: not an IANA time zone$/, 0],
    ['currency: CNY', 'currency: EUR', /^currency: /, 0],
    ['"#1677d2"', 'blue', /^theme\.primary: /, 0],
    ['id: lantian', 'id: Lantian!', /^id: /, 0],
    [', en: Lantian Cloud }\ntagline', ' }\ntagline', /^name\.en: /, 0],
    ['zone: Asia/Shanghai', 'zone: Asia/Shanghai\nzone: UTC', /^Map keys must be unique/, 1],
    ['zone: Asia/Shanghai', 'zone: Asia/Shanghai\nslogan: hello', /slogan/, 1],
  ];
  const renamed = await edited(t, 'id: lantian', 'id: another');
  const unclosed = await edited(t, 'zone: Asia/Shanghai', 'zone: [Asia');
  const text = await readFile(join(BRANDS, 'lantian/brand.yaml'), 'utf8');
  for (const [from, to, said, after] of wrong) {
    const root = await edited(t, from, to);
    const line = text.slice(0, text.indexOf(from)).split('\n').length + after;
    assert.throws(
      () => Brands.load(root),
      (error) => {
        assert.ok(error instanceof BrandFileError);
        const [, at, words] = /brand\.yaml:(\d+): (.*)$/s.exec(error.message) ?? [];
        assert.deepEqual([Number(at), said.test(words!)], [line, true], error.message);
        return true;
      },
      to,
    );
  }
  assert.throws(() => Brands.load(unclosed), /brand\.yaml:\d+: /);
  assert.throws(() => Brands.load(renamed), /id another is not the folder's name$/);
});

test('a missing value is told at the line of what it is missing from', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-yaml-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'x.yaml');
  await writeFile(path, '# two\nrooms:\n  - { id: a, size: 1 }\n  - { id: b }\n');
  const schema = z.object({ rooms: z.array(z.object({ id: z.string(), size: z.number() })) });
  assert.throws(() => readYaml(path, schema), /x\.yaml:4: rooms\.1\.size: /);
});

test('a deployment without brands doesn’t start', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  assert.throws(() => Brands.load(root), /no brands/);
  await mkdir(join(root, 'empty'));
  assert.throws(() => Brands.load(root), /brand\.yaml/);
});
