import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './sources.ts';

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

function cruise(cwd: string): Promise<{ violations: Violation[]; seen: number }> {
  const options = ['--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', 'server'];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [CRUISER, ...options],
      { cwd, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => {
        if (!stdout.startsWith('{')) return reject(error ?? new Error(stdout));
        const { summary } = JSON.parse(stdout);
        resolve({ violations: summary.violations, seen: summary.totalCruised });
      },
    );
  });
}

const told = ({ rule, from, to }: Violation) => `${rule.name}: ${from} → ${to}`;

test('the four doors hold', async () => {
  const { violations, seen } = await cruise(ROOT);
  assert.deepEqual(violations.map(told), []);
  assert.ok(seen > 200, `only ${seen} modules were looked at`);
});

const IMPORTS = {
  '#kernel/*': './server/kernel/*',
  '#modules/*': './server/modules/*',
  '#drivers/*': './server/drivers/*',
  '#server/*': './server/*',
};

/** File, what it imports, and the rule that must refuse it; null where it must be let through. */
const PLANTED: [file: string, line: string, rule: string | null][] = [
  ['server/modules/billing/a.ts', "import { x } from '#modules/ledger/balance.ts'", 'door-room'],
  ['server/modules/billing/b.ts', "import type { x } from '#modules/ledger/balance.ts'", 'door-room'],
  ['server/modules/billing/c.ts', "import { x } from '../ledger/balance.ts'", 'door-room'],
  ['server/modules/billing/d.ts', "export { x } from '#modules/ledger/balance.ts'", 'door-room'],
  ['server/modules/billing/e.ts', "const { x } = await import('#modules/ledger/balance.ts')", 'door-room'],
  ['server/modules/billing/f.ts', "import { x } from '#modules/ledger/index.ts'", null],
  ['server/modules/billing/f.test.ts', "import { x } from '#modules/ledger/balance.ts'", null],
  ['server/modules/ledger/a.ts', "import { x } from '#modules/billing/index.ts'", 'order-ledger'],
  ['server/modules/ledger/b.ts', "import type { x } from '#modules/billing/index.ts'", 'order-ledger'],
  ['server/modules/cellar/a.ts', "import { x } from '#kernel/money.ts'", 'order-unknown'],
  ['server/modules/billing/rules.ts', "import { x } from '#kernel/clock.ts'", 'rules-pure'],
  ['server/modules/terms/rules.ts', "import { x } from 'node:crypto'", 'rules-pure'],
  ['server/modules/audit/rules.ts', "import type { x } from '#kernel/clock.ts'", null],
  ['server/modules/compute/rules.ts', "import { x } from '#modules/billing/rules.ts'", null],
  ['server/modules/compute/rules.ts', "import { y } from '#kernel/money.ts'", null],
  ['server/modules/identity/rules.ts', "import type { x } from '#modules/audit/balance.ts'", 'door-rules'],
  ['server/kernel/text.ts', "import { x } from './clock.ts'", 'kernel-pure'],
  ['server/kernel/db.ts', "import { x } from '#modules/ledger/index.ts'", 'kernel-below'],
  ['server/modules/notify/a.ts', "import { x } from '#drivers/smtp/mailer.ts'", 'drivers-by-ports'],
  ['server/cli/a.ts', "import type { x } from '#drivers/smtp/mailer.ts'", 'drivers-by-ports'],
  ['server/ports.ts', "import { x } from '#drivers/smtp/mailer.ts'", null],
  ['server/ports.ts', "import { x as m } from '#modules/ledger/balance.ts'", 'door-ports'],
  ['server/app.ts', "import { x } from '#modules/ledger/routes.ts'", null],
  ['server/app.ts', "import { x as j } from '#modules/ledger/jobs.ts'", 'door-app'],
  ['server/worker.ts', "import { x } from '#modules/ledger/jobs.ts'", null],
  ['server/worker.ts', "import { x as r } from '#modules/ledger/routes.ts'", 'door-worker'],
  ['server/drivers/smtp/a.ts', "import { x } from '#modules/ledger/balance.ts'", 'door-driver'],
  ['server/http/a.ts', "import { x } from '#modules/ledger/routes.ts'", 'door-outside'],
  ['server/http/b.ts', "import { x } from './c.ts'", 'no-circle'],
  // A circle is told once, by the file that it was entered by.
  ['server/http/c.ts', "import { x } from './b.ts'", null],
  ['server/http/d.ts', "import { x } from '#kernel/nothing.ts'", 'resolvable'],
];

const TARGETS = [
  'server/modules/ledger/index.ts',
  'server/modules/ledger/balance.ts',
  'server/modules/ledger/routes.ts',
  'server/modules/ledger/jobs.ts',
  'server/modules/audit/balance.ts',
  'server/modules/billing/index.ts',
  'server/kernel/money.ts',
  'server/kernel/clock.ts',
  'server/drivers/smtp/mailer.ts',
];

test('a breach of each door is caught, however it is written', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-doors-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const files = new Map(TARGETS.map((file) => [file, 'export const x = 1;\n']));
  for (const [file, line] of PLANTED) {
    files.set(file, `${files.get(file) ?? ''}${line};\n`);
  }
  files.set('package.json', JSON.stringify({ type: 'module', imports: IMPORTS }));
  for (const [file, text] of files) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), text);
  }
  const { violations } = await cruise(dir);
  const target = (line: string) => /['"]([^'"]+)['"]/.exec(line)![1]!.split(/[/:]/).at(-1)!;
  const caught = (file: string, line: string) =>
    violations.filter((v) => v.from === file && v.to.endsWith(target(line))).map((v) => v.rule.name);
  for (const [file, line, rule] of PLANTED) {
    assert.deepEqual(caught(file, line), rule ? [rule] : [], `${file}: ${line}`);
  }
});
