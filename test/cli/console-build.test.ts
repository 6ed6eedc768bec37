import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { PROJECT_ROOT } from '#server/cli/command.ts';
import { buildConsole } from '#server/cli/console-build.ts';

describe('building the console', () => {
  let root: string;
  const source = (text: string) => writeFile(join(root, 'console/src/main.js'), text);
  const built = async () => {
    const assets = join(root, 'console/dist/assets');
    const [script] = (await readdir(assets)).filter((name) => name.endsWith('.js'));
    const text = await readFile(join(assets, script ?? ''), 'utf8');
    assert.equal(brotliDecompressSync(await readFile(join(assets, `${script}.br`))).toString(), text);
    return text;
  };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'cloudpact-console-'));
    await mkdir(join(root, 'console/src'), { recursive: true });
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
    await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3}');
    await writeFile(
      join(root, 'console/index.html'),
      '<!doctype html><script type="module" src="/src/main.js"></script>',
    );
    await source('document.title = "first";');
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('says when this clone has none', async () => {
    await assert.rejects(buildConsole(root), /vite\.config\.ts is missing/);
    await writeFile(join(root, 'console/vite.config.ts'), 'export default { root: import.meta.dirname };');
  });

  it('builds once, though several ask at once, and compresses what it built', async () => {
    const answers = await Promise.all([buildConsole(root), buildConsole(root), buildConsole(root)]);
    assert.deepEqual(answers.sort(), ['built', 'unchanged', 'unchanged']);
    assert.match(await built(), /first/);
  });

  it('builds again when a source or the locked packages have changed, and only then', async () => {
    assert.equal(await buildConsole(root), 'unchanged');
    await source('document.title = "second";');
    assert.equal(await buildConsole(root), 'built');
    assert.match(await built(), /second/);
    await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
    assert.equal(await buildConsole(root), 'built');
  });

  it('tells what is wrong with a broken source, and leaves the last build in place', async () => {
    await source('import { nothing } from "./nowhere.js"; nothing();');
    await assert.rejects(buildConsole(root), /could not be built:[\s\S]*nowhere/);
    assert.match(await built(), /second/);
    assert.deepEqual(
      (await readdir(join(root, '.cloudpact'))).filter((name) => name.startsWith('console-')),
      [],
    );
  });
});
