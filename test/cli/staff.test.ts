import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { testWorld } from '../support/world.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
let world: World;

before(async () => {
  world = await testWorld();
});

async function cloudpact(...words: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: world.databaseUrl };
  const { stdout } = await run(process.execPath, [join(ROOT, 'server/cli/main.ts'), ...words], { env });
  return stdout;
}

async function signIn(email: string, password: string): Promise<number> {
  return (await call(world, 'POST', '/staff/auth/sign-in', { body: { email, password } })).status;
}

const passwordIn = (output: string) => output.trim().split(' ').at(-1)!;

test('a second member of the staff is added and signs in; a forgotten password is replaced', async () => {
  const email = 'second@example.com';
  const first = passwordIn(await cloudpact('staff-add', email, '李四'));
  assert.equal(await signIn(email, first), 204);
  const next = passwordIn(await cloudpact('staff-password', email));
  assert.notEqual(next, first);
  assert.deepEqual([await signIn(email, first), await signIn(email, next)], [401, 204]);
});

test('the same address again, no address and nobody’s address are told plainly', async () => {
  const refused = async (words: string[], about: RegExp) =>
    assert.rejects(cloudpact(...words), (error) => about.test((error as { stderr: string }).stderr));
  await refused(['staff-add', 'second@example.com', '王五'], /already/);
  await refused(['staff-add', 'nobody', '王五'], /no e-mail address/);
  await refused(['staff-add', 'third@example.com'], /staff-add EMAIL NAME/);
  await refused(['staff-password', 'stranger@example.com'], /no member of staff/);
});
