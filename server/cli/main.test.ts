import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const execute = promisify(execFile);

describe('command line', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'cloudpact-cli-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const cli = async (args: string[], env: Record<string, string> = {}) => {
    try {
      const main = join(import.meta.dirname, 'main.ts');
      return {
        code: 0,
        ...(await execute(process.execPath, [main, ...args], { env: { ...process.env, ...env } })),
      };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };

  const wrong: [string[], RegExp][] = [
    [['fly'], /unknown command 'fly'/],
    [['constructor'], /unknown command 'constructor'/],
    [['up', '--fast'], /Unknown option '--fast'/],
    [['up', 'now'], /unexpected 'now'/],
    [['up', '--port', 'http'], /'http' is no port/],
    [['up', '--port', '70000'], /'70000' is no port/],
    [['up', '--port', '1e3'], /'1e3' is no port/],
    [['up', '--port'], /--port/],
    [['up', '--host='], /--host needs an address/],
    [['down', '--port', '80'], /Unknown option '--port'/],
    [['status', '--data='], /--data needs a directory/],
  ];
  for (const [args, told] of wrong) {
    it(`refuses ${args.join(' ')} with exit code 2`, async () => {
      const { code, stderr } = await cli(args);
      assert.equal(code, 2);
      assert.match(stderr, told);
      assert.match(stderr, /--help/);
    });
  }

  it('tells all that is wrong in the environment, without starting anything', async () => {
    const { code, stderr } = await cli(['up', '--data', dir], {
      CLOUDPACT_ENV: 'staging',
      SMTP_URL: 'nonsense',
    });
    assert.equal(code, 1);
    assert.match(stderr, /CLOUDPACT_ENV[\s\S]*SMTP_URL/);
  });

  it("says why an outside PostgreSQL can't be used, and never shows its password", async () => {
    const DATABASE_URL = 'postgres://shop:s3cret@127.0.0.1:1/shop';
    const { code, stderr, stdout } = await cli(['up', '--simulated', '--data', dir, '--port', '47813'], {
      DATABASE_URL,
    });
    assert.equal(code, 1);
    assert.match(stderr, /DATABASE_URL \(shop on 127\.0\.0\.1:1\) refuses the connection/);
    assert.doesNotMatch(stderr + stdout, /s3cret/);
  });

  it('says that nothing runs', async () => {
    assert.equal((await cli(['down', '--data', dir])).code, 0);
    const { code, stdout } = await cli(['status', '--data', dir]);
    assert.equal(code, 1);
    assert.match(stdout, /Not running/);
  });
});
