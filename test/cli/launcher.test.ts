import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '#server/cli/command.ts';
import { commands } from '#server/cli/commands.ts';
import { packagesMatch } from '#server/local/node-runtime.ts';

const execute = promisify(execFile);
/** All the programs that the launcher may count on. */
const BASICS = [
  'sh',
  'cat',
  'cmp',
  'cp',
  'date',
  'dirname',
  'grep',
  'head',
  'id',
  'mkdir',
  'readlink',
  'rm',
  'sleep',
  'tail',
];

/** Stands in for the Node that npm installs: says its version and what it was called with. */
const NODE_24 = `#!/bin/sh
case $1 in
  --version) echo v24.0.0 ;;
  *node-runtime.ts) exit 1 ;;
  *) printf '%s\\n' "$@" ;;
esac
`;
/** An npm that installs that Node, and counts how often it was called. */
const NPM = `#!/bin/sh
echo called >>npm-calls
sleep 0.2
mkdir -p node_modules/.bin
cp node24 node_modules/.bin/node
`;

describe('launcher', () => {
  let home: string;
  let root: string;
  let bin: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'cloudpact launcher '));
  });
  after(() => rm(home, { recursive: true, force: true }));
  beforeEach(async () => {
    root = await mkdtemp(join(home, 'clone '));
    bin = join(root, 'bin');
    await mkdir(join(root, 'server/cli'), { recursive: true });
    await mkdir(bin);
    await copyFile(join(PROJECT_ROOT, 'cloudpact'), join(root, 'cloudpact'));
    await copyFile(join(PROJECT_ROOT, 'server/cli/usage.txt'), join(root, 'server/cli/usage.txt'));
    await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3}');
    await script(join(root, 'node24'), NODE_24);
    for (const name of BASICS) await symlink(await which(name), join(bin, name));
    await program('node', '#!/bin/sh\necho v20.1.0\n');
    await program('npm', NPM);
  });

  const script = async (path: string, text: string) => {
    await writeFile(path, text);
    await chmod(path, 0o755);
  };
  const program = (name: string, text: string) => script(join(bin, name), text);
  const which = async (name: string) => (await execute('which', [name])).stdout.trim();
  const launch = async (args: string[], options: { cwd?: string; path?: string } = {}) => {
    try {
      const { cwd = root, path = join(root, 'cloudpact') } = options;
      return { code: 0, ...(await execute(path, args, { cwd, env: { PATH: bin } })) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };
  const installs = async () => {
    const calls = await readFile(join(root, 'npm-calls'), 'utf8').catch(() => '');
    return calls.split('\n').filter(Boolean).length;
  };

  it('shows its usage without a command and by --help, with nothing installed', async () => {
    await rm(join(bin, 'node'));
    for (const args of [[], ['--help'], ['-h'], ['help']]) {
      const { code, stdout } = await launch(args);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: \.\/cloudpact <command>/);
    }
    assert.equal(await installs(), 0);
  });

  it('refuses what it does not know with exit code 2, before installing anything', async () => {
    for (const word of ['upp', '--port', '../up', 'u.', 'Usage:']) {
      const { code, stderr } = await launch([word]);
      assert.equal(code, 2, word);
      assert.match(stderr, /unknown (command|option)/);
    }
    assert.equal(await installs(), 0);
  });

  it('installs once, and hands everything on', async () => {
    const first = await launch(['up', '--data', 'with space', '*']);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, `${join(root, 'server/cli/main.ts')}\nup\n--data\nwith space\n*\n`);
    assert.match(first.stderr, /✓ packages, with Node v24\.0\.0/);
    const second = await launch(['status']);
    assert.equal(second.stderr, '');
    assert.equal(await installs(), 1);
  });

  it('installs again when the lock file has changed', async () => {
    await launch(['status']);
    await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
    await launch(['status']);
    assert.equal(await installs(), 2);
  });

  it('works from any directory and through links', async () => {
    await mkdir(join(home, 'links'), { recursive: true });
    const link = join(home, 'links', 'cloudpact');
    await rm(link, { force: true });
    await symlink(join(root, 'cloudpact'), join(root, 'inner'));
    await symlink(`../${root.slice(home.length + 1)}/inner`, link);
    const { code, stdout, stderr } = await launch(['status'], { cwd: '/', path: link });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${join(root, 'server/cli/main.ts')}\nstatus\n`);
  });

  it('lets one install when several are started at once', async () => {
    const outcomes = await Promise.all([launch(['status']), launch(['status']), launch(['status'])]);
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.equal(await installs(), 1);
  });

  it('goes on when an earlier installation was killed', async () => {
    await mkdir(join(root, '.cloudpact/install'), { recursive: true });
    await writeFile(join(root, '.cloudpact/install/pid'), '4194999');
    const { code, stderr } = await launch(['status']);
    assert.equal(code, 0, stderr);
  });

  it('says that Node is missing, and how to get it', async () => {
    await rm(join(bin, 'node'));
    const { code, stderr } = await launch(['up']);
    assert.equal(code, 1);
    assert.match(stderr, /Node\.js is missing.*20 or newer[\s\S]*nodejs/);
  });

  it('says that Node is too old', async () => {
    await program('node', '#!/bin/sh\necho v18.19.0\n');
    const { code, stderr } = await launch(['up']);
    assert.equal(code, 1);
    assert.match(stderr, /v18\.19\.0 is too old: version 20/);
  });

  it('says that npm is missing', async () => {
    await rm(join(bin, 'npm'));
    const { code, stderr } = await launch(['up']);
    assert.equal(code, 1);
    assert.match(stderr, /npm is missing/);
  });

  const failures: [string, RegExp][] = [
    ['npm error code ENOTFOUND', /registry can't be reached/],
    ['npm error network ETIMEDOUT', /registry can't be reached/],
    ['npm error code ENOSPC', /the disk is full/],
    ['npm error code EROFS', /can't write in/],
    ['npm error code EUSAGE', /don't agree/],
    ['npm error something else', /could not be installed; npm said the above/],
  ];
  for (const [said, told] of failures) {
    it(`explains npm's "${said}"`, async () => {
      await program('npm', `#!/bin/sh\n[ "$1" = config ] || { echo '${said}'; exit 1; }\n`);
      const { code, stderr } = await launch(['up']);
      assert.equal(code, 1);
      assert.match(stderr, told);
      assert.ok(stderr.includes(said), "npm's own words are shown");
      assert.equal(existsSync(join(root, '.cloudpact/install')), false, 'the next run may install');
    });
  }

  it('is POSIX sh: dash takes it', async (t) => {
    const dash = await which('dash').catch(() => null);
    if (dash === null) return t.skip('no dash on this machine');
    await execute(dash, ['-n', join(root, 'cloudpact')]);
  });
});

describe('usage.txt', () => {
  it('tells about exactly the commands that there are', async () => {
    const text = await readFile(join(PROJECT_ROOT, 'server/cli/usage.txt'), 'utf8');
    const told = [...text.matchAll(/^ {2}([a-z][a-z-]*)(?: \S+)* {2,}\S/gm)].map((match) => match[1] ?? '');
    // A command with several acts has a line for each.
    assert.deepEqual([...new Set(told)].sort(), Object.keys(commands).sort());
  });
});

describe('node-runtime', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const other = { ...a, optional: true, os: ['plan9'], cpu: ['mips'] };
  const mine = { ...a, optional: true, os: [process.platform], cpu: [process.arch] };

  it('takes what npm leaves out on this platform for installed', () => {
    assert.equal(
      packagesMatch({ '': {}, 'node_modules/a': a, 'node_modules/o': other }, { 'node_modules/a': a }),
      true,
    );
  });
  it('misses a package, another version, a package too many, and those of this platform', () => {
    const wanted = { 'node_modules/a': a, 'node_modules/m': mine };
    assert.equal(packagesMatch(wanted, { 'node_modules/a': a }), false);
    assert.equal(packagesMatch(wanted, { 'node_modules/m': mine }), false);
    assert.equal(
      packagesMatch(wanted, { ...wanted, 'node_modules/a': { ...a, integrity: 'sha512-b' } }),
      false,
    );
    assert.equal(packagesMatch(wanted, { ...wanted, 'node_modules/b': a }), false);
    assert.equal(packagesMatch(wanted, wanted), true);
  });
});

describe('package-lock.json', () => {
  it('locks every optional package, those of other platforms too: npm ci refuses it otherwise', async () => {
    const text = await readFile(join(PROJECT_ROOT, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const locked = new Set(
      Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
    );
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !locked.has(name));
    assert.deepEqual(missing, []);
  });
});
