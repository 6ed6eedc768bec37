import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { ReportTable } from './report.ts';
import { reportCsv, reportXlsx } from './report-file.ts';

const table = (names: string[], amounts: bigint[]): ReportTable => ({
  title: { zh: '报表', en: 'Report' },
  columns: [
    { key: 'name', text: { zh: '名称', en: 'Name' }, holds: 'text' },
    { key: 'amount', text: { zh: '金额', en: 'Amount' }, holds: 'amount' },
  ],
  rows: names.map((name, i) => ({ name, amount: amounts[i] ?? 0n })),
  more: false,
});

test('CSV has a byte order mark, CRLF, and quotes where they are needed', () => {
  const csv = reportCsv(table(['plain', 'a,b', 'say "hi"', '两行\n字'], [1_500_000n, -1n, 0n, 9n]), 'zh');
  assert.deepEqual([...Buffer.from(csv).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.equal(
    csv.slice(1),
    '名称,金额\r\nplain,1.50\r\n"a,b",-0.000001\r\n"say ""hi""",0.00\r\n"两行\n字",0.000009\r\n',
  );
});

test('no text of a CSV is a formula, however it hides; negative amounts stay figures', () => {
  const evil = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '\r=1',
    '＝1',
    '|calc',
    '\u{feff}=1',
    "=cmd|' /C calc'!A0",
  ];
  const lines = reportCsv(
    table(
      evil,
      evil.map(() => -5_000_000n),
    ),
    'en',
  )
    .slice(1)
    .split('\r\n')
    .slice(1, -1);
  assert.equal(lines.length, evil.length);
  for (const line of lines) assert.match(line, /^"'/);
  for (const line of lines) assert.match(line, /,-5\.00$/);
});

/** The file of that name in a ZIP archive, by its central directory. */
function unzipped(zip: Buffer, name: string): string {
  for (let at = zip.readUInt32LE(zip.length - 22 + 16); zip.readUInt32LE(at) === 0x02014b50; ) {
    const [size, nameLength, extra, comment] = [20, 28, 30, 32].map((offset) =>
      offset === 20 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = zip.readUInt32LE(at + 42);
      const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const content = zip.subarray(begin, begin + size);
      return zip.readUInt16LE(at + 10) === 0 ? content.toString() : inflateRawSync(content).toString();
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`no ${name} in the archive`);
}

test('a workbook has figures as figures, text as text, and no formula', async () => {
  const huge = 12_345_678_901_234_567n;
  const file = await reportXlsx(table(['=1+1', '余额'], [-1_234_560_000n, huge]), 'zh');
  const sheet = unzipped(file, 'xl/worksheets/sheet1.xml');
  assert.ok(!sheet.includes('<f'));
  assert.ok(sheet.includes('<v>-1234.56</v>'));
  const strings = unzipped(file, 'xl/sharedStrings.xml');
  for (const text of ['=1+1', '余额', '12345678901.234567']) assert.ok(strings.includes(text), text);
});
