import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { ledgerPostAll } from '#modules/ledger/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { idOf, yuan } from '../support/money.ts';
import { readPdf } from '../support/pdf.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

const MANY = 5_100;
let world: World;
let customer: StoryCustomer;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  customer = await readyCustomer(world, '20');
  const owner = await idOf(customer);
  await asSystem(world.server.house, 'lantian', 'test', (tx, ctx) =>
    ledgerPostAll(
      tx,
      ctx,
      Array.from({ length: MANY }, (_, i) => ({
        kind: 'top-up',
        source: 'test',
        sourceId: newId(),
        lines: [
          {
            account: { kind: 'channel_clearing' as const, owner: 'alipay' },
            amount: -BigInt(i + 1) * 10_000n,
          },
          { account: { kind: 'customer_cash' as const, owner }, amount: BigInt(i + 1) * 10_000n },
        ],
      })),
    ),
  );
});

interface Shown {
  lines: { id: string; amount: string; balance: string }[];
  page: number;
  pages: number;
  parts: number;
  more: boolean;
  cash: { closing: string };
}

test('a month with more movements than a page has is read page by page, each going on where the last one ended', async () => {
  const cookie = customer.api.cookie();
  const seen = new Set<string>();
  let balance = 0n;
  let pages = 1;
  for (let page = 1; page <= pages; page++) {
    const shown = (await call(world, 'GET', `/statements/2026-03?page=${page}`, { cookie }))
      .json as unknown as Shown;
    pages = shown.pages;
    assert.deepEqual([shown.page, shown.more, shown.parts], [page, page < pages, 2]);
    for (const line of shown.lines) {
      balance += yuan(line.amount);
      assert.equal(line.balance, formatYuan(balance));
      seen.add(line.id);
    }
    if (page === pages) assert.equal(shown.cash.closing, formatYuan(balance));
  }
  assert.equal(pages, 6);
  assert.equal(seen.size, MANY + 1);
  for (const page of ['7', '0', '-1', 'x']) {
    const { status } = await call(world, 'GET', `/statements/2026-03?page=${page}`, { cookie });
    assert.ok(status === 404 || status === 400, page);
  }
});

test('the files of a month are together all of it', async () => {
  const file = async (part: number) => {
    const response = await fetch(`${world.url}/api/v1/statements/2026-03/pdf?part=${part}`, {
      headers: { cookie: customer.api.cookie() },
    });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const [first, second, third] = [await file(1), await file(2), await file(3)];
  assert.deepEqual([first.status, second.status, third.status], [200, 200, 404]);
  const { text: last } = await readPdf(second.bytes);
  assert.match(last, /第 2 部分，共 2 部分/);
  assert.ok(last.includes('+¥51.00'), 'the newest movement');
  const { text: begin } = await readPdf(first.bytes);
  assert.ok(begin.includes('+¥0.01') && begin.includes('+¥49.99'));
});
