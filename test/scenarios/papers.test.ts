import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { parseYuan } from '#kernel/money.ts';
import { creditNoteIssue, invoicesIssue } from '#modules/invoicing/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { fontsOf, readPdf } from '../support/pdf.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Invoices, credit notes and statements as files. Set CLOUDPACT_PAPERS to a folder to look at them. */

let world: World;
let customer: StoryCustomer;
let customerId: string;
let invoiceId: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:20:07Z') });
  customer = await readyCustomer(world, '20000');
  const { json } = await call(world, 'GET', '/auth/session', { cookie: customer.api.cookie() });
  customerId = (json.customer as { id: string }).id;
  const orderId = newId();
  const ctx = systemCtx(world.server.house, 'lantian', 'test');
  const lines = [
    {
      text: { zh: 'NAT 小云主机 旗舰 × 12 个月', en: 'NAT VPS Extra large, 12 months' },
      amount: parseYuan('12345.67'),
    },
    { text: { zh: '优惠码 SPRING：立减', en: 'Coupon SPRING' }, amount: parseYuan('-45.62') },
  ];
  await transact(world.server.house.db, async (tx) => {
    const [issued] = await invoicesIssue(tx, ctx, [
      {
        id: orderId,
        number: '202603020000000042',
        customerId,
        product: 'nat-vps',
        lines,
        amount: parseYuan('12300.05'),
        tax: parseYuan('696.23'),
        paid: { cash: parseYuan('12000.05'), gift: parseYuan('300') },
        periodStart: new Date('2026-03-02T02:20:07Z'),
        periodEnd: new Date('2027-03-02T02:20:07Z'),
      },
    ]);
    invoiceId = issued!.id;
    await creditNoteIssue(tx, ctx, {
      orderId,
      source: 'order-refund',
      sourceId: orderId,
      amount: parseYuan('1000'),
      tax: parseYuan('56.60'),
      reason: 'customer-end',
    });
  });
});

interface File {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

async function file(path: string, cookie = customer.api.cookie(), language = 'zh'): Promise<File> {
  const headers = { cookie, 'accept-language': language };
  const response = await fetch(`${world.url}/api/v1${path}`, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (process.env.CLOUDPACT_PAPERS && response.ok) {
    await mkdir(process.env.CLOUDPACT_PAPERS, { recursive: true });
    const name =
      /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'paper.pdf';
    await writeFile(join(process.env.CLOUDPACT_PAPERS, `${language}-${name}`), bytes);
  }
  return { status: response.status, headers: response.headers, bytes };
}

function has(text: string, ...parts: string[]): void {
  for (const part of parts) assert.ok(text.includes(part), `“${part}” is missing in:\n${text}`);
}

test('an invoice as a file: its figures in both languages, Chinese capitals, fonts inside', async () => {
  const { status, headers, bytes } = await file(`/invoices/${invoiceId}/pdf`);
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'application/pdf');
  assert.equal(headers.get('content-disposition'), 'attachment; filename="INV2026-00000001.pdf"');
  const { text, pages } = await readPdf(bytes);
  assert.equal(pages, 1);
  has(text, '蓝天云', '账单', 'INV2026-00000001', '202603020000000042', 'NAT 小云主机 旗舰 × 12 个月');
  has(
    text,
    '¥12,345.67',
    '-¥45.62',
    '¥696.23',
    '¥12,000.05',
    '¥300.00',
    '¥12,300.05',
    '2026-03-02 – 2027-03-02',
  );
  has(text, '壹万贰仟叁佰元零伍分');
  const fonts = fontsOf(bytes);
  assert.ok(fonts.length >= 2);
  assert.deepEqual(
    fonts.filter(({ embedded }) => !embedded),
    [],
  );
  assert.ok(bytes.length < 60_000, `${bytes.length} bytes: only what is used of a font is inside`);
  const english = await readPdf((await file(`/invoices/${invoiceId}/pdf`, undefined, 'en')).bytes);
  has(english.text, 'Lantian Cloud', 'Invoice', 'NAT VPS Extra large, 12 months', '¥12,300.05');
  assert.doesNotMatch(english.text, /\p{Script=Han}/u);
});

test('the same invoice is the same file at any time, also after a restart, and for staff', async () => {
  const before = await file(`/invoices/${invoiceId}/pdf`);
  await world.advanceTo(new Date('2026-03-09T02:20:07Z'));
  await world.reopen();
  const after = await file(`/invoices/${invoiceId}/pdf`);
  assert.ok(before.bytes.equals(after.bytes));
});

test('a credit note names its invoice and what went back', async () => {
  const { json } = await call(world, 'GET', '/credit-notes', { cookie: customer.api.cookie() });
  const [note] = json.items as { id: string; number: string; invoice_number: string; amount: string }[];
  assert.equal(note!.invoice_number, 'INV2026-00000001');
  const { bytes, headers } = await file(`/credit-notes/${note!.id}/pdf`);
  assert.equal(headers.get('content-disposition'), 'attachment; filename="CRN2026-00000001.pdf"');
  const { text } = await readPdf(bytes);
  has(text, '贷项通知单', 'CRN2026-00000001', 'INV2026-00000001', '-¥1,000.00', '-¥56.60', '负壹仟元整');
});

test('a statement: opening balance, every movement, closing balance; the next month opens with it', async () => {
  await customer.stayIn(world.clock.now());
  await customer.order({ access: PASSWORD_ACCESS });
  const cookie = customer.api.cookie();
  const march = (await call(world, 'GET', '/statements/2026-03', { cookie })).json;
  assert.deepEqual(march.cash, { opening: '0.00', change: '19990.10', closing: '19990.10' });
  assert.equal(march.open, true);
  const lines = march.lines as { kind: string; amount: string; balance: string }[];
  assert.deepEqual(
    lines.map(({ kind, amount, balance }) => [kind, amount, balance]),
    [
      ['top-up', '20000.00', '20000.00'],
      ['order', '-9.90', '19990.10'],
    ],
  );
  const { text } = await readPdf((await file('/statements/2026-03/pdf')).bytes);
  has(text, '月度对账单', '2026-03', '充值', '+¥20,000.00', '-¥9.90', '¥19,990.10', '本月尚未结束');
  await world.advanceTo(new Date('2026-04-20T00:00:00Z'));
  await customer.stayIn(world.clock.now());
  const later = customer.api.cookie();
  const april = (await call(world, 'GET', '/statements/2026-04', { cookie: later })).json;
  assert.deepEqual(april.cash, { opening: '19990.10', change: '0.00', closing: '19990.10' });
  const closed = await file('/statements/2026-03/pdf', later);
  assert.ok(
    closed.bytes.equals((await file('/statements/2026-03/pdf', later)).bytes),
    'a closed month stays as it is',
  );
  for (const month of ['2026-05', '2026-13', 'march']) {
    const { status } = await call(world, 'GET', `/statements/${month}`, { cookie: later });
    assert.ok(status === 404 || status === 400, `${month}: ${status}`);
  }
});

test('F48 another customer’s papers are not there', async () => {
  const stranger = await readyCustomer(world, null);
  const cookie = stranger.api.cookie();
  const { json } = await call(world, 'GET', '/credit-notes', { cookie });
  assert.deepEqual(json.items, []);
  for (const path of [
    `/invoices/${invoiceId}`,
    `/invoices/${invoiceId}/pdf`,
    `/invoices/${invoiceId}/lines/0/charges`,
  ]) {
    assert.equal((await call(world, 'GET', path, { cookie })).status, 404, path);
  }
  assert.deepEqual((await call(world, 'GET', '/invoices', { cookie })).json.items, []);
});

test('poppler, another reader, finds the fonts inside as well', async (t) => {
  const { bytes } = await file(`/invoices/${invoiceId}/pdf`);
  const path = join(world.server.house.config.dataDir, 'invoice.pdf');
  await writeFile(path, bytes);
  const fonts = await promisify(execFile)('pdffonts', [path]).catch(() => null);
  if (!fonts) return t.skip('pdffonts (package poppler-utils) is not on this machine');
  const rows = fonts.stdout.trim().split('\n').slice(2);
  assert.ok(rows.length >= 2);
  for (const row of rows) assert.match(row, /NotoSansSC-\w+ +CID TrueType +Identity-H +yes yes yes/);
});
