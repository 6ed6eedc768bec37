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
  const wrong: [RegExp | string, string, RegExp][] = [
    ['zone: Asia/Shanghai', 'zone: Asia/Atlantis', /brand\.yaml:10: zone: not an IANA time zone$/],
    ['currency: CNY', 'currency: EUR', /brand\.yaml:11: currency: /],
    ['"#1677d2"', 'blue', /brand\.yaml:15: theme\.primary: /],
    ['id: lantian', 'id: Lantian!', /brand\.yaml:2: id: /],
    ['id: lantian', 'id: another', /id another is not the folder's name$/],
    [', en: Lantian Cloud }\ntagline', ' }\ntagline', /brand\.yaml:3: name\.en: /],
    ['zone: Asia/Shanghai', 'zone: Asia/Shanghai\nzone: UTC', /brand\.yaml:11: Map keys must be unique/],
    ['zone: Asia/Shanghai', 'zone: [Asia', /brand\.yaml:\d+: /],
    ['zone: Asia/Shanghai', 'zone: Asia/Shanghai\nslogan: hello', /brand\.yaml:11: .*slogan/],
  ];
  for (const [from, to, said] of wrong) {
    const root = await edited(t, from, to);
    assert.throws(
      () => Brands.load(root),
      (error) => {
        assert.ok(error instanceof BrandFileError);
        assert.match(error.message, said);
        return true;
      },
      to,
    );
  }
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
