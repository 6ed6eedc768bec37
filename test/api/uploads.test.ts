import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type Clamd, MALICIOUS, standInClamd } from '../support/clamd.ts';
import { bankBrand } from '../support/payments.ts';
import { beforeWorlds, readyCustomer, testWorld } from '../support/world.ts';
import { call, type Reply, said, staffCookie } from './call.ts';
import { TINY_PNG } from './route-table.ts';

/** Files that somebody sends are scanned before they are kept, where the operator has a scanner (ASVS 5.4.3). */

let clamd: Clamd;
let world: World;
let customer: StoryCustomer;
let payment: string;

before(async () => {
  clamd = await standInClamd();
  beforeWorlds(() => clamd.stop());
  world = await testWorld({
    seed: true,
    brandsDir: await bankBrand(),
    env: { CLOUDPACT_CLAMAV: clamd.path },
  });
  customer = await readyCustomer(world, null);
  const body = { amount: '100', channel: 'bank-transfer' };
  const begun = await call(world, 'POST', '/payments', { cookie: customer.api.cookie(), body });
  payment = String(begun.json.id);
});

const bad = Buffer.from(`%PDF-1.7\n${MALICIOUS}\n%%EOF\n`).toString('base64');

function slip(content: string): Promise<Reply> {
  const body = { payer_name: '张三', transferred_on: '2026-03-02', content };
  return call(world, 'POST', `/payments/${payment}/slips`, { cookie: customer.api.cookie(), body });
}

async function slips(): Promise<number> {
  const { json } = await call(world, 'GET', `/payments/${payment}/slips`, { cookie: customer.api.cookie() });
  return (json.items as unknown[]).length;
}

test('a file with something malicious in it is refused, and nothing of it kept', async () => {
  assert.deepEqual(said(await slip(bad)), [422, 'file-malicious']);
  assert.equal(await slips(), 0);
  assert.equal((await slip(TINY_PNG)).status, 201);
  assert.equal(await slips(), 1);
});

const UNKNOWN = randomUUID();
const names = { zh: 'x', en: 'x' };
/** Each route that takes files, with one of them malicious. */
const SENT: Record<string, Record<string, unknown>> = {
  'POST /payments/:id/slips': { payer_name: '张三', transferred_on: '2026-03-02', content: bad },
  'POST /contracts/verify': { file: bad },
  'POST /account/real-name/reviews': {
    kind: 'person',
    name: 'Jane Doe',
    number: 'E12345678',
    files: [TINY_PNG, bad],
  },
  'POST /staff/customers/:id/acceptances': { method: 'signed-paper', file: bad },
  'POST /staff/outages/:id/force-majeure': { statement: names, content: bad },
  'POST /staff/tax-invoices/:id/issued': { number: '26112000000012345678', file: bad },
  'POST /staff/tax-invoices/:id/refused': { reason: 'a test' },
  'POST /staff/tax-invoices/:id/reverse': { reason: 'a test' },
  'POST /staff/tax-invoices/:id/reversed': { number: '26112000000012345678', file: bad },
  'POST /staff/customers/:id/service-contracts': {
    number: 'HT-1',
    title: 'contract',
    parameters: {},
    clauses: [{ id: '1', text: 'text' }],
    valid_from: '2026-03-02',
    reason: 'a test',
    file: { name: 'signed.pdf', content: bad },
  },
};

test('so is it wherever files are taken, staff’s own too', async () => {
  const taking = world.server.app.rights.filter(({ files }) => files);
  const named = taking.map(({ method, path }) => `${String(method)} ${path.replace('/api/v1', '')}`);
  assert.deepEqual(named.sort(), Object.keys(SENT).sort());
  const staff = await staffCookie(world);
  for (const [name, body] of Object.entries(SENT)) {
    if (!JSON.stringify(body).includes(bad)) continue;
    const [method = '', path = ''] = name.replace(':id', UNKNOWN).split(' ');
    const cookie = path.startsWith('/staff') ? staff : customer.api.cookie();
    assert.deepEqual(said(await call(world, method, path, { cookie, body })), [422, 'file-malicious'], name);
  }
});

test('while the scanner doesn’t answer no file is taken; without one, all are', async () => {
  await clamd.stop();
  assert.deepEqual(said(await slip(TINY_PNG)), [503, 'file-unscanned']);
  assert.equal(await slips(), 1);
  world.server.house.ports.fileScanner = null;
  assert.equal((await slip(TINY_PNG)).status, 201);
});
