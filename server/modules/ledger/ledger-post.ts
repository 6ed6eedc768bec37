import { CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { customerOf, type Line, type Posting, problem } from './rules.ts';
import './tables.ts';

export interface Posted {
  /** Of the transaction under which the cause stands, posted now or earlier. */
  id: string;
  posted: boolean;
}

const POST_ALL =
  'select id, posted from ledger_post_all($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)';

/**
 * Posts one balanced transaction. The same source and sourceId again: nothing is posted, `posted` is false.
 * Throws as `ledgerPostAll` does.
 */
export async function ledgerPost(tx: Db | Tx, ctx: Ctx, posting: Posting): Promise<Posted> {
  const [result] = await ledgerPostAll(tx, ctx, [posting]);
  return result!;
}

/**
 * Posts balanced transactions, all or none, in one round trip, and answers each in turn. A cause that was posted
 * earlier, or stands twice in the batch, is posted once. Throws `insufficient-balance` when what is a customer's own
 * would fall below zero, after any posting in turn: one such fails the batch, so callers with many customers ask
 * `cashLocked` first.
 * The database refuses anything that isn't balanced. Lines of nothing are left out. Given a `Db`, the call is a
 * transaction of its own.
 */
export async function ledgerPostAll(tx: Db | Tx, ctx: Ctx, postings: Posting[]): Promise<Posted[]> {
  if (postings.length === 0) return [];
  const heads = postings.map((posting) => ({ id: newId(), posting }));
  const lines = heads.flatMap(({ posting }, i) =>
    entered(posting.lines).map((line) => ({ at: i + 1, ...line })),
  );
  const { accounts, placeOf } = accountsOf(lines);
  try {
    const { rows } = await tx.executeQuery<Posted>(
      CompiledQuery.raw(POST_ALL, [
        ctx.brand.id,
        ctx.now,
        heads.map(({ id }) => id),
        postings.map(({ kind }) => kind),
        postings.map(({ source }) => source),
        postings.map(({ sourceId }) => sourceId),
        postings.map(({ reverses }) => reverses ?? null),
        postings.map(({ memo }) => JSON.stringify(memo ?? {})),
        accounts.map(({ kind }) => kind),
        accounts.map(({ owner }) => owner),
        accounts.map((account) => customerOf(account)),
        lines.map(({ at }) => at),
        lines.map(({ account }) => placeOf(account)),
        lines.map(({ amount }) => String(amount)),
      ]),
    );
    return rows;
  } catch (error) {
    throw explained(error);
  }
}

/** Each account once, and where it stands, from 1. */
function accountsOf(lines: readonly Line[]) {
  const accounts: Line['account'][] = [];
  const places = new Map<string, number>();
  const key = ({ kind, owner }: Line['account']) => `${kind} ${owner}`;
  for (const { account } of lines) {
    if (!places.has(key(account))) places.set(key(account), accounts.push(account));
  }
  return { accounts, placeOf: (account: Line['account']) => places.get(key(account))! };
}

/** Credits before debits, so that no balance is lower within a transaction than before and after it. */
function entered(lines: Line[]): Line[] {
  const credits = lines.filter(({ amount }) => amount > 0n);
  return [...credits, ...lines.filter(({ amount }) => amount < 0n)];
}

/** What the database refused, as the problem that it is; anything else as it came. */
function explained(error: unknown): unknown {
  switch (violated(error)) {
    case 'ledger_account_floor': {
      const detail = error instanceof pg.DatabaseError ? error.detail : undefined;
      if (!detail?.startsWith('[')) return error;
      const short = JSON.parse(detail) as { missing: string }[];
      const missing = formatYuan(short.reduce((sum, account) => sum + BigInt(account.missing), 0n));
      return problem['insufficient-balance']({ missing }, { missing });
    }
    case 'ledger_day_closed':
      return problem['ledger-day-closed']();
    case 'ledger_transaction_reversed_once':
      return problem['already-reversed']();
    default:
      return error;
  }
}
