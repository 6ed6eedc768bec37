import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { problemCatalogue } from '#kernel/problem.ts';
import { acts as enActs } from '../console/src/i18n/en/acts.ts';
import { acts as zhActs } from '../console/src/i18n/zh/acts.ts';
import { PROBLEMS_FILE, problemsDocument } from './tidy/problems.ts';
import { ROOT, read, type Source, sources } from './tidy/sources.ts';
import { breaches, RULES } from './tidy/syntax.ts';
import { tablesOf, trespasses } from './tidy/tables.ts';

const code = sources(
  ['server', 'test', 'bench', 'console/src'].filter((dir) => existsSync(join(ROOT, dir))),
  ['.ts', '.tsx'],
);
/** Files of a room besides its README and its tests. */
const ROOM_MAX = 25;
/** Rooms that are past it and still to be split: they grow no further, and leave this list when they are. */
const STILL_LARGE: Record<string, number> = { lifecycle: 30, metering: 28, compute: 27 };

const migrations = sources(['migrations'], ['.sql']);

for (const rule of RULES) {
  test(rule.name, () => {
    const planted = { path: plantedPath(rule.within), text: rule.planted };
    assert.deepEqual(breaches(rule, [planted]), [`${planted.path}:1`], 'a planted breach is caught');
    assert.deepEqual(breaches(rule, code), []);
    for (const path of Object.keys(rule.except)) {
      assert.ok(
        breaches({ ...rule, except: {} }, [read(path)]).length > 0,
        `${path} no longer needs its exception`,
      );
    }
  });
}

/** Some path that the rule holds for. */
function plantedPath(within: RegExp): string {
  const candidates = ['server/modules/billing/planted.ts', 'test/planted.test.ts'];
  return candidates.find((path) => within.test(path))!;
}

test('a room’s SQL touches its own tables', () => {
  const tables = tablesOf(migrations);
  assert.ok(tables.length > 20 && tables.includes('ledger_entry'));
  const planted: Source[] = [
    { path: 'server/modules/billing/a.ts', text: "tx.selectFrom('ledger_account as a').selectAll();" },
    {
      path: 'server/modules/billing/b.ts',
      text: 'sql`select id from billing_order join identity_user u on true`;',
    },
    { path: 'server/http/c.ts', text: "db.deleteFrom('audit_event');" },
    { path: 'server/modules/billing/d.ts', text: 'sql`select graphile_worker.add_job()`;' },
    { path: 'server/modules/billing/e.ts', text: "tx.insertInto('billing_order').values(x);" },
    { path: 'server/modules/billing/f.ts', text: "db.deleteFrom('billing_arrears');" },
    { path: 'server/modules/usage/g.ts', text: "db.deleteFrom('billing_arrears');" },
  ];
  assert.deepEqual(trespasses(planted, tables), [
    'server/modules/billing/a.ts:1: ledger_account',
    'server/modules/billing/b.ts:1: identity_user',
    'server/http/c.ts:1: audit_event',
    'server/modules/billing/d.ts:1: graphile_worker.add_job',
    'server/modules/billing/f.ts:1: billing_arrears',
  ]);
  const server = code.filter(({ path }) => path.startsWith('server/') && !path.endsWith('.test.ts'));
  assert.deepEqual(trespasses(server, tables), []);
});

test('no room is larger than a room', (t) => {
  const rooms = new Map<string, number>();
  for (const { path } of code) {
    const room = /^server\/modules\/([^/]+)\//.exec(path)?.[1];
    if (room && !path.endsWith('.test.ts')) rooms.set(room, (rooms.get(room) ?? 0) + 1);
  }
  const largest = [...rooms].sort(([, a], [, b]) => b - a);
  for (const [room, files] of largest.slice(0, 5)) t.diagnostic(`${files} files in ${room}`);
  // Past that it is two rooms: find what others could do without knowing it, and give it a door of its own.
  assert.deepEqual(
    largest.filter(([room, files]) => files > (STILL_LARGE[room] ?? ROOM_MAX)),
    [],
  );
  for (const room of Object.keys(STILL_LARGE))
    assert.ok((rooms.get(room) ?? 0) > ROOM_MAX, `${room} is no longer too large: strike it from the list`);
});

test('every room has its README.md and its door', () => {
  const rooms = readdirSync(join(ROOT, 'server/modules'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of rooms) {
    for (const file of ['README.md', 'index.ts']) {
      assert.ok(
        existsSync(join(ROOT, 'server/modules', name, file)),
        `server/modules/${name}/${file} is missing`,
      );
    }
  }
});

test('migrations are in one order and never edited once landed', () => {
  const landed = read('test/tidy/migrations.txt').text;
  const now = migrations.map(
    ({ path, text }) => `${createHash('sha256').update(text).digest('hex')}  ${path}\n`,
  );
  const numbers = migrations.map(({ path }) => Number(/\/(\d{4})-[a-z0-9-]+\.sql$/.exec(path)?.[1]));
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i + 1),
    'named 0001-what.sql, without gaps',
  );
  assert.ok(
    landed === now.join(''),
    `a migration that landed stays as it is; a new one gets its line in test/tidy/migrations.txt:\n${now.join('')}`,
  );
});

test('migrations read the database’s clock only as a technical default', () => {
  const allowed = /^\s+(applied_at|created_at) timestamptz not null default now\(\)/;
  for (const { path, text } of migrations) {
    for (const [i, line] of text.split('\n').entries()) {
      if (/\bnow\(\)|current_timestamp/i.test(line)) assert.match(line, allowed, `${path}:${i + 1}`);
    }
  }
});

test('no file is longer than a few screens', (t) => {
  const longest = [...code, ...sources(['console/src'], ['.css'])]
    .filter(({ path }) => path !== 'console/src/api/schema.d.ts')
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .sort((a, b) => b.lines - a.lines);
  for (const { path, lines } of longest.slice(0, 10)) t.diagnostic(`${lines} ${path}`);
  // Style sheets are lists, to be looked into rather than read; they're told, not refused.
  assert.deepEqual(
    longest.filter(({ path, lines }) => lines > 300 && !path.endsWith('.css')),
    [],
  );
});

test('nothing of a developer’s machine, and no secret, is in the tree', () => {
  const files = [
    ...code,
    ...migrations,
    ...sources(
      ['brands', 'docs', '.ci'].filter((dir) => existsSync(join(ROOT, dir))),
      [''],
    ),
    ...['package.json', 'package-lock.json', 'README.md', 'cloudpact', 'tsconfig.json', 'biome.json']
      .filter((path) => existsSync(join(ROOT, path)))
      .map(read),
  ].filter(({ path }) => !/\.(png|jpg|woff2?)$/.test(path) && path !== 'test/tidy.test.ts');
  const forbidden: [what: string, pattern: RegExp][] = [
    ['a path of one machine', /(?<![\w.-])\/(work\/|root\/(main|work)|home\/\w+\/|tmp\/(try|main))/],
    ['a package registry other than npm’s', /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/],
    ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}/],
    ['an Alibaba Cloud key', /\bLTAI[0-9A-Za-z]{12,}/],
    ['an AWS key', /\bAKIA[0-9A-Z]{16}\b/],
    ['a token', /\b(ghp|gho|npm|glpat)_[0-9A-Za-z]{20,}/],
  ];
  for (const [what, pattern] of forbidden) {
    assert.deepEqual(
      files.filter(({ text }) => pattern.test(text)).map(({ path }) => path),
      [],
      what,
    );
  }
});

test('every problem is told in both languages, with the same figures, and is documented', async () => {
  const document = await problemsDocument();
  assert.ok(
    read(PROBLEMS_FILE).text === document,
    `out of date: node test/tidy/problems.ts writes ${PROBLEMS_FILE}`,
  );
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const catalogue = problemCatalogue();
  assert.ok(catalogue.size > 25);
  for (const [name, { status, title, remedy }] of catalogue) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(status >= 400 && status < 600, `${name}: ${status}`);
    for (const text of [title, remedy]) {
      assert.match(text.zh, /\p{Script=Han}/u, `${name} in Chinese`);
      assert.match(text.en, /^[^\p{Script=Han}]+$/u, `${name} in English`);
      assert.deepEqual(places(text.zh), places(text.en), `${name}: {places}`);
    }
  }
});

test('every act that is written down has its name in both languages', () => {
  for (const [language, { acts }] of Object.entries({ zh: zhActs, en: enActs })) {
    const nameless = new Set<string>();
    for (const { path, text } of code) {
      if (!path.startsWith('server/') || path.endsWith('.test.ts')) continue;
      for (const [act] of text.matchAll(/(?<=\baction: (?:\w+ \? )?')[a-z-]+\.[a-z-]+(?=')/g))
        if (!(act.replaceAll(/[.-]/g, '_') in acts)) nameless.add(act);
    }
    assert.deepEqual([...nameless], [], language);
  }
});
