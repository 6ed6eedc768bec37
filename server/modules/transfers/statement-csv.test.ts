import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATEMENT_ROWS, statementRead } from './statement-csv.ts';

const HEADER = 'date,amount,payer,memo,bank_reference';
const faultsOf = (csv: string) => statementRead(csv).faults.map(({ row, column }) => [row, column]);

test('the bank’s own names of columns, in any order, with others between, a mark in front and Windows’ line ends', () => {
  const csv =
    '\ufeff流水号,交易日期,贷方发生额,余额,对方户名,摘要\r\nA-1,2026/3/2,"12,345.60",99,张三,"充值 BT, 谢谢"\r\n';
  assert.deepEqual(statementRead(csv).rows, [
    {
      ...{ row: 2, bankReference: 'A-1', amount: 12_345_600_000n, receivedOn: '2026-03-02' },
      ...{ payerName: '张三', memo: '充值 BT, 谢谢' },
    },
  ]);
});

test('each fault by row and column; a row that spans lines is named by its last', () => {
  assert.deepEqual(faultsOf(`${HEADER}\n2026-03-02,1.001,a,,1\n2026-13-01,1,a,,2\n20260302,0,a,,3\n`), [
    [2, 'amount'],
    [3, 'date'],
    [4, 'amount'],
  ]);
  assert.deepEqual(faultsOf(`${HEADER}\n2026-03-02,1,a,"two\nlines",1\n`), [[3, 'memo']]);
  assert.deepEqual(faultsOf(`${HEADER}\n2026-03-02,1,a\n`), [[2, '4']]);
  assert.deepEqual(faultsOf('date,amount,amount\n'), [
    [1, 'amount'],
    [1, 'payer'],
    [1, 'memo'],
    [1, 'bank_reference'],
  ]);
  assert.equal(statementRead(`${HEADER}\n2026-03-02,1,a,"open,1\n`).faults.length, 1);
  assert.deepEqual(faultsOf(HEADER), [[2, 'date']]);
  for (const amount of ['-1', '1e3', 'NaN', '1,00', '０', '1.', '.5', '99999999999999'])
    assert.deepEqual(faultsOf(`${HEADER}\n2026-03-02,"${amount}",a,,1\n`), [[2, 'amount']], amount);
});

test('more rows than a statement has are refused, and no more than a hundred faults are told', () => {
  const rows = Array.from({ length: STATEMENT_ROWS + 1 }, (_, i) => `2026-03-02,1,a,,${i}`);
  assert.deepEqual(faultsOf([HEADER, ...rows].join('\n')), [[STATEMENT_ROWS + 2, 'date']]);
  assert.equal(statementRead([HEADER, ...rows.slice(1)].join('\n')).rows.length, STATEMENT_ROWS);
  const bad = Array.from({ length: 300 }, (_, i) => `never,1,a,,${i}`);
  assert.equal(statementRead([HEADER, ...bad].join('\n')).faults.length, 100);
});
