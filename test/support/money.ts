import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYuan } from '#kernel/money.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { type Api, ApiProblem, apiClient, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BRANDS } from './brands.ts';
import { staffEnter } from './staff.ts';
import { beforeWorlds } from './world.ts';

/** A folder with one brand, 蓝天云 with these words of its files replaced. */
export async function brandWith(
  file: 'terms.yaml' | 'catalogue.yaml',
  words: [from: string, to: string][],
  more: [file: 'terms.yaml' | 'catalogue.yaml', words: [from: string, to: string][]][] = [],
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, 'lantian'), join(dir, 'lantian'), { recursive: true });
  for (const [name, replacements] of [[file, words] as const, ...more]) {
    const path = join(dir, 'lantian', name);
    let text = await readFile(path, 'utf8');
    for (const [from, to] of replacements) {
      assert.ok(text.includes(from), `${name} has no ${from}`);
      text = text.replace(from, to);
    }
    await writeFile(path, text);
  }
  return dir;
}

/** The unconsumed part is refunded, also when the operator ends a service, and there are gifts. */
export const REFUNDING: [string, string][] = [
  [
    'refund: { clause: "5.4", rule: none }',
    'refund: { clause: "5.4", rule: unconsumed }\n  provider_end: { clause: "5.4", notice_days: 30, refund: unconsumed }\n  gifts: { clause: "5.1", rule: never-cash }',
  ],
  ['months: [1]', 'months: [1, 3, 12]'],
];

export const TAXED: [string, string] = ['products:', 'tax: { rate: "0.06", included: true }\n\nproducts:'];

/** The seeded member of staff, signed in. The world has to be opened with `seed`. */
export async function staffOf(world: World): Promise<Api> {
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const api = apiClient(world.url);
  await staffEnter(world, api, login);
  return api;
}

export async function idOf(customer: StoryCustomer): Promise<string> {
  return (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
}

/** Balances of all accounts by kind, after the ledger has been found whole. */
export async function books(world: World): Promise<Record<string, bigint>> {
  const { db } = world.server.house;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  const rows = await db.selectFrom('ledger_account').select(['kind', 'balance_micro']).execute();
  const sums: Record<string, bigint> = {};
  for (const { kind, balance_micro } of rows) sums[kind] = (sums[kind] ?? 0n) + balance_micro;
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n));
}

export const yuan = (text: string) => parseYuan(text);

export const refusedBy =
  (code: string, clause?: string) =>
  (error: unknown): boolean =>
    error instanceof ApiProblem &&
    error.code === code &&
    (!clause || (error.body as { clause?: { id: string } }).clause?.id === clause);
