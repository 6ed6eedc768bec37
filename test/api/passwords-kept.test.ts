import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import { hashing, PASSWORD_COST } from '#modules/identity/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { staffMade } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** A password that was kept at what a hash cost in an earlier year is kept at today's from its next right use (ASVS 11.4.2). */

const CHEAPER = { ...PASSWORD_COST, memoryCost: 19_456, timeCost: 2 };
const TODAY = /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/;

let world: World;
before(async () => {
  world = await testWorld({ seed: true });
});

interface Login {
  email: string;
  password: string;
}

type Table = 'identity_user' | 'identity_staff';

async function kept(table: Table, { email }: Login): Promise<string> {
  const { db } = world.server.house;
  const query = db.selectFrom(table).select('password_hash').where('email', '=', email);
  return (await query.executeTakeFirstOrThrow()).password_hash!;
}

async function keptCheaply(table: Table, { email, password }: Login): Promise<string> {
  const password_hash = await hash(password, CHEAPER);
  await world.server.house.db.updateTable(table).set({ password_hash }).where('email', '=', email).execute();
  return password_hash;
}

async function upgradedOnce(table: Table, path: string, { email, password }: Login): Promise<void> {
  const was = await keptCheaply(table, { email, password });
  const body = { email, password };
  assert.equal((await call(world, 'POST', path, { body: { email, password: `${password}?` } })).status, 401);
  assert.equal(await kept(table, body), was, 'a wrong password changes nothing');
  assert.equal((await call(world, 'POST', path, { body })).status, 204);
  const becomes = await kept(table, body);
  assert.match(becomes, TODAY);
  const runs = hashing.runs;
  assert.equal((await call(world, 'POST', path, { body })).status, 204, 'it still opens');
  assert.equal(await kept(table, body), becomes, 'and is left as it is');
  assert.equal(hashing.runs - runs, 1);
}

test('a customer’s password is kept at today’s cost from the next sign-in on', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await upgradedOnce('identity_user', '/auth/sign-in', customer);
});

test('so is one of the staff', async () => {
  const login = await staffMade(world, 'keeper');
  await upgradedOnce('identity_staff', '/staff/auth/sign-in', login);
});
