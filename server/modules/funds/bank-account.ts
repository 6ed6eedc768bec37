import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { problem } from './rules.ts';
import type { BankAccountTable } from './tables.ts';
import './tables.ts';

export type BankAccount = Selectable<BankAccountTable>;

/** The customer names an account; money goes there only after staff verified that it is its own. */
export async function bankAccountAdd(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  input: { customerId: string; holder: string; bank: string; number: string },
): Promise<string> {
  const id = newId();
  try {
    await tx
      .insertInto('funds_bank_account')
      .values({
        id,
        brand: ctx.brand.id,
        customer_id: input.customerId,
        holder_sealed: sealer.seal(input.holder, `bank-holder:${id}`),
        bank: input.bank,
        number_sealed: sealer.seal(input.number, `bank-number:${id}`),
        number_end: input.number.slice(-4),
        state: 'waiting',
        added_at: ctx.now,
        decided_by: null,
        decided_at: null,
        decision_reason: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'funds_bank_account_one') throw problem['bank-account-there']();
    throw error;
  }
  await record(tx, ctx, 'bank-account.added', id, input.customerId);
  return id;
}

/** Parts that are on their way to it still arrive there. */
export async function bankAccountRemove(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; customerId: string },
): Promise<void> {
  const account = await lock(tx, ctx, input.id);
  if (account.customer_id !== input.customerId || account.state === 'removed')
    throw kernelProblem['not-found']();
  await tx.updateTable('funds_bank_account').set({ state: 'removed' }).where('id', '=', account.id).execute();
  await record(tx, ctx, 'bank-account.removed', account.id, account.customer_id);
}

/** Staff say whether it is the customer's own. */
export async function bankAccountDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; verified: boolean; reason: string },
): Promise<void> {
  const account = await lock(tx, ctx, input.id);
  if (account.state !== 'waiting') throw kernelProblem['not-found']();
  const state = input.verified ? 'verified' : 'refused';
  await tx
    .updateTable('funds_bank_account')
    .set({ state, decided_by: staffOf(ctx).staffId, decided_at: ctx.now, decision_reason: input.reason })
    .where('id', '=', account.id)
    .execute();
  const customer = await customerRead(tx, account.customer_id);
  await noticeSend(tx, ctx, {
    kind: `bank-account-${state}`,
    dedupe: `bank-account:${account.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { bank: account.bank, end: account.number_end, reason: input.reason },
  });
  await record(tx, ctx, `bank-account.${state}`, account.id, account.customer_id, { reason: input.reason });
}

/** The whole number, for who makes the transfer; that it was looked at is on record. */
export async function bankAccountReveal(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  id: string,
): Promise<{ holder: string; bank: string; number: string }> {
  const account = await lock(tx, ctx, id);
  await record(tx, ctx, 'bank-account.revealed', account.id, account.customer_id);
  return {
    holder: sealer.open(account.holder_sealed, `bank-holder:${account.id}`),
    bank: account.bank,
    number: sealer.open(account.number_sealed, `bank-number:${account.id}`),
  };
}

export async function bankAccountVerified(db: Db | Tx, customerId: string): Promise<BankAccount | null> {
  const row = await db
    .selectFrom('funds_bank_account')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('state', '=', 'verified')
    .executeTakeFirst();
  return row ?? null;
}

export function bankAccountList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; state?: BankAccount['state'] | undefined },
): Promise<BankAccount[]> {
  return db
    .selectFrom('funds_bank_account')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}

async function lock(tx: Tx, ctx: Ctx, id: string): Promise<BankAccount> {
  const row = await tx
    .selectFrom('funds_bank_account')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

function record(
  tx: Tx,
  ctx: Ctx,
  action: string,
  id: string,
  customerId: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  return auditRecord(tx, ctx, { action, subject: { kind: 'bank-account', id }, customerId, facts });
}
