import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { type AccountRef, floorOf, type Line, type Posting, problem } from './rules.ts';
import './tables.ts';

/**
 * Posts one balanced transaction. The same source and sourceId again: nothing is posted, `posted` is false.
 * Throws `insufficient-balance` when a customer's cash would fall below zero; the database refuses anything
 * that isn't balanced. Accounts are locked in the order of their ids (see ledger_entry_posted).
 */
export async function ledgerPost(
  tx: Tx,
  ctx: Ctx,
  posting: Posting,
): Promise<{ id: string; posted: boolean }> {
  const id = newId();
  const placed = await tx
    .insertInto('ledger_transaction')
    .values({
      id,
      brand: ctx.brand.id,
      kind: posting.kind,
      source: posting.source,
      source_id: posting.sourceId,
      at: ctx.now,
      reverses: posting.reverses ?? null,
      memo: JSON.stringify(posting.memo ?? {}),
    })
    .onConflict((conflict) => conflict.constraint('ledger_transaction_once').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) {
    const { id: earlier } = await tx
      .selectFrom('ledger_transaction')
      .select('id')
      .where('source', '=', posting.source)
      .where('source_id', '=', posting.sourceId)
      .executeTakeFirstOrThrow();
    return { id: earlier, posted: false };
  }
  const accounts = await accountIds(tx, ctx, posting.lines);
  const entries = posting.lines
    .filter((line) => line.amount !== 0n)
    .map((line) => ({
      transaction_id: id,
      account_id: accounts.get(nameOf(line.account))!,
      amount_micro: line.amount,
    }));
  try {
    await tx.insertInto('ledger_entry').values(entries).execute();
  } catch (error) {
    if (violated(error) !== 'ledger_account_floor') throw error;
    const spent = posting.lines.filter(({ account }) => account.kind === 'customer_cash');
    throw problem['insufficient-balance']({ missing: formatYuan(-(spent[0]?.amount ?? 0n)) });
  }
  return { id, posted: true };
}

function nameOf(account: AccountRef): string {
  return `${account.kind}/${account.owner}`;
}

/** In one order for all, so that two postings which open the same accounts don't wait for each other. */
async function accountIds(tx: Tx, ctx: Ctx, lines: Line[]): Promise<Map<string, string>> {
  const wanted = new Map(
    lines.filter((line) => line.amount !== 0n).map(({ account }) => [nameOf(account), account]),
  );
  const ids = new Map<string, string>();
  for (const name of [...wanted.keys()].sort()) ids.set(name, await accountId(tx, ctx, wanted.get(name)!));
  return ids;
}

async function accountId(tx: Tx, ctx: Ctx, account: AccountRef): Promise<string> {
  const find = () =>
    tx
      .selectFrom('ledger_account')
      .select('id')
      .where('brand', '=', ctx.brand.id)
      .where('kind', '=', account.kind)
      .where('owner', '=', account.owner)
      .executeTakeFirst();
  const existing = await find();
  if (existing) return existing.id;
  await tx
    .insertInto('ledger_account')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      kind: account.kind,
      owner: account.owner,
      floor_micro: floorOf(account.kind),
    })
    .onConflict((conflict) => conflict.constraint('ledger_account_one_of_a_kind').doNothing())
    .execute();
  return (await find())!.id;
}
