import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { pick } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { problem } from './rules.ts';
import { type StatementFault, type StatementRow, statementRead } from './statement-csv.ts';
import { accountOf } from './transfer-match.ts';
import './tables.ts';

/**
 * Takes in a bank's statement, all of it or nothing. What is new is held until staff say whose it is; what is known
 * already must agree. Throws `statement-faulty` with row, column and message of each fault.
 */
export async function statementImport(
  tx: Tx,
  ctx: Ctx,
  csv: string,
): Promise<{ id: string; rows: number; known: number; held: Micro }> {
  const account = accountOf(ctx);
  const { rows, faults } = statementRead(csv);
  refuse(ctx, faults);
  // One statement after another: two that hold the same receipt would each find it new.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`statement ${ctx.brand.id} ${account}`}, 0))`.execute(
    tx,
  );
  const known = await knownReceipts(tx, ctx, account, rows);
  refuse(ctx, disagreements(rows, known));
  const id = newId();
  const fresh = rows.filter((row) => !known.has(row.bankReference));
  await tx
    .insertInto('transfers_statement')
    .values({
      id,
      brand: ctx.brand.id,
      account,
      sha256: createHash('sha256').update(csv).digest('hex'),
      rows: rows.length,
      known: rows.length - fresh.length,
      imported_at: ctx.now,
      imported_by: staffOf(ctx).staffId,
    })
    .execute();
  const held = await hold(tx, ctx, { id, account, rows: fresh });
  await confirm(tx, ctx, { id, account, references: [...known.keys()] });
  const count = { rows: rows.length, known: rows.length - fresh.length };
  await auditRecord(tx, ctx, {
    action: 'statement.imported',
    subject: { kind: 'statement', id },
    customerId: null,
    facts: { ...count, held: formatYuan(held) },
  });
  return { id, ...count, held };
}

function refuse(ctx: Ctx, faults: StatementFault[]): void {
  if (faults.length === 0) return;
  const errors = faults.map(({ row, column, message }) => ({
    row,
    column,
    message: pick(message, ctx.locale),
  }));
  throw problem['statement-faulty']({ faults: faults.length }, { errors });
}

async function knownReceipts(tx: Tx, ctx: Ctx, account: string, rows: StatementRow[]) {
  const found = await tx
    .selectFrom('transfers_receipt')
    .select(['bank_reference', 'amount_micro'])
    .where('brand', '=', ctx.brand.id)
    .where('account', '=', account)
    .where(
      'bank_reference',
      'in',
      rows.map((row) => row.bankReference),
    )
    .forUpdate()
    .execute();
  return new Map(found.map((receipt) => [receipt.bank_reference, receipt.amount_micro]));
}

function disagreements(rows: StatementRow[], known: Map<string, Micro>): StatementFault[] {
  return rows.flatMap(({ row, bankReference, amount }) => {
    const earlier = known.get(bankReference);
    if (earlier === undefined || earlier === amount) return [];
    const message = {
      zh: `这一流水号已登记为 ${formatYuan(earlier)} 元`,
      en: `This bank reference is on record with CNY ${formatYuan(earlier)}`,
    };
    return [{ row, column: 'amount', message }];
  });
}

async function hold(
  tx: Tx,
  ctx: Ctx,
  { id, account, rows }: { id: string; account: string; rows: StatementRow[] },
): Promise<Micro> {
  if (rows.length === 0) return 0n;
  // In slices: a statement has bind parameters without end, a query has 65,535.
  for (let at = 0; at < rows.length; at += 1_000) {
    const values = rows.slice(at, at + 1_000).map((row) => ({
      id: newId(),
      brand: ctx.brand.id,
      account,
      bank_reference: row.bankReference,
      amount_micro: row.amount,
      received_on: row.receivedOn,
      payer_name: row.payerName,
      memo: row.memo,
      statement_id: id,
      state: 'held' as const,
      payment_id: null,
      created_at: ctx.now,
      decided_at: null,
      decided_by: null,
      decision_reason: null,
    }));
    await tx
      .insertInto('transfers_receipt')
      .values(values)
      .execute()
      .catch((error: unknown) => {
        // A member of staff approved one of them since we looked: the import is asked for again.
        throw violated(error) === 'transfers_receipt_once' ? problem['receipt-used']() : error;
      });
  }
  const total = rows.reduce((sum, row) => sum + row.amount, 0n);
  await ledgerPost(tx, ctx, {
    kind: 'receipts-held',
    source: 'statement',
    sourceId: id,
    lines: [
      { account: { kind: 'channel_clearing', owner: 'bank-transfer' }, amount: -total },
      { account: { kind: 'payment_held', owner: 'bank-transfer' }, amount: total },
    ],
    memo: { statement: id, receipts: String(rows.length) },
  });
  return total;
}

/** What staff had said before is seen at the bank now. */
async function confirm(
  tx: Tx,
  ctx: Ctx,
  { id, account, references }: { id: string; account: string; references: string[] },
): Promise<void> {
  if (references.length === 0) return;
  await tx
    .updateTable('transfers_receipt')
    .set({ statement_id: id })
    .where('brand', '=', ctx.brand.id)
    .where('account', '=', account)
    .where('bank_reference', 'in', references)
    .where('statement_id', 'is', null)
    .execute();
}
