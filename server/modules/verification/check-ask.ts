import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { ledgerPost, ledgerReverse, requireCash } from '#modules/ledger/index.ts';
import { policyNow, ruleNow, verificationLock } from './policy-now.ts';
import { ASKED_MINUTES, type CheckKind, type CheckRule, feeOf, problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** An attempt was made that costs something; its money is in the ledger already. */
    'real-name-fee.charged': { checkId: string; customerId: string; amount: Micro };
  }
}

/** What the next attempt would meet. */
export interface Allowance {
  rule: CheckRule;
  /** Attempts that counted, ever. */
  counted: number;
  leftToday: number;
  fee: Micro;
}

export async function allowanceOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Allowance> {
  const rule = await ruleNow(db, ctx, customerId);
  const { counted, today } = await db
    .selectFrom('identity_real_name_check')
    .select((e) => [
      e.fn.countAll<bigint>().filterWhere('state', '=', 'done').as('counted'),
      e.fn
        .countAll<bigint>()
        .filterWhere('at', '>', addMinutes(ctx.now, -24 * 60))
        .as('today'),
    ])
    .where('customer_id', '=', customerId)
    .where('state', '<>', 'unavailable')
    .executeTakeFirstOrThrow();
  return {
    rule,
    counted: Number(counted),
    leftToday: Math.max(0, rule.perDay - Number(today)),
    fee: feeOf(rule, Number(counted)),
  };
}

/**
 * Writes an attempt down, and takes what it costs, before the authority is asked. Throws unless this customer may ask
 * now, and unless it agreed to just this fee (micro-yuan). Returns the attempt's id.
 */
export async function checkAsk(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; kind: CheckKind; method: string; again: boolean; agreedFee: Micro },
): Promise<string> {
  const { customerId, kind, method } = input;
  await verificationLock(tx, customerId);
  const customer = await customerRead(tx, customerId);
  if (customer.real_name_passed_at && !input.again) throw problem['real-name-done']();
  const open = await tx
    .selectFrom('identity_real_name_check')
    .select(['id', 'give_up_at'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'asked')
    .executeTakeFirst();
  if (open?.give_up_at && open.give_up_at > ctx.now) throw problem['real-name-busy']();
  if (open) await checkGiveUp(tx, ctx, open.id);
  const { leftToday, fee } = await allowanceOf(tx, ctx, customerId);
  if (leftToday === 0) throw problem['real-name-attempts']();
  if (fee !== input.agreedFee)
    throw problem['real-name-fee']({ fee: formatYuan(fee) }, { fee: formatYuan(fee) });
  const id = newId();
  await tx
    .insertInto('identity_real_name_check')
    .values({
      ...{ id, kind, method, brand: ctx.brand.id, customer_id: customerId, at: ctx.now },
      state: 'asked',
      result: null,
      give_up_at: addMinutes(ctx.now, ASKED_MINUTES),
      fee_micro: fee,
      fee_transaction: fee > 0n ? await feeTake(tx, ctx, id, customerId, fee) : null,
    })
    .execute();
  return id;
}

async function feeTake(tx: Tx, ctx: Ctx, checkId: string, customerId: string, fee: Micro): Promise<string> {
  await requireCash(tx, ctx, customerId, fee);
  const posted = await ledgerPost(tx, ctx, {
    kind: 'real-name-fee',
    source: 'real-name-check',
    sourceId: checkId,
    lines: [
      { account: { kind: 'customer_cash', owner: customerId }, amount: -fee },
      { account: { kind: 'revenue', owner: 'real-name' }, amount: fee },
    ],
  });
  return posted.id;
}

/** Keeps what came of an attempt: pass or fail, when and by which method, and nothing else (蓝天云 2.2). */
export async function checkAnswered(
  tx: Tx,
  ctx: Ctx,
  checkId: string,
  result: 'pass' | 'fail',
): Promise<void> {
  const check = await tx
    .updateTable('identity_real_name_check')
    .set({ state: 'done', result })
    .where('id', '=', checkId)
    .where('state', '=', 'asked')
    .returning(['customer_id', 'method', 'kind', 'fee_micro'])
    .executeTakeFirst();
  // Given up meanwhile, with its fee: what the authority says now comes too late to count.
  if (!check) throw problem['real-name-unavailable']();
  const { customer_id: customerId, method, kind, fee_micro: fee } = check;
  const policy = fee > 0n ? await policyNow(tx, ctx, customerId) : null;
  await auditRecord(tx, ctx, {
    action: 'customer.real-name-checked',
    subject: { kind: 'customer', id: customerId },
    customerId,
    ...(policy?.parameters.real_name ? { clause: policy.clauseOf('real_name') } : {}),
    facts: { method, kind, result, ...(fee > 0n ? { fee: formatYuan(fee) } : {}) },
  });
  if (fee > 0n) await ctx.bus.emit(tx, ctx, 'real-name-fee.charged', { checkId, customerId, amount: fee });
}

/** The authority could not be asked: the attempt doesn't count, and its fee goes back. */
export async function checkGiveUp(tx: Tx, ctx: Ctx, checkId: string): Promise<void> {
  const check = await tx
    .updateTable('identity_real_name_check')
    .set({ state: 'unavailable' })
    .where('id', '=', checkId)
    .where('state', '=', 'asked')
    .returning('fee_transaction')
    .executeTakeFirst();
  if (check?.fee_transaction)
    await ledgerReverse(tx, ctx, {
      source: 'real-name-unavailable',
      sourceId: checkId,
      reverses: check.fee_transaction,
    });
}
