import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem, REAL_NAME_ATTEMPTS_PER_DAY } from './rules.ts';
import './tables.ts';

/** Throws unless this customer may ask the authority now. */
export async function realNameMayAsk(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const customer = await tx
    .selectFrom('identity_customer')
    .select('real_name_passed_at')
    .where('id', '=', customerId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (customer.real_name_passed_at) throw problem['real-name-done']();
  const { count } = await tx
    .selectFrom('identity_real_name_check')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('customer_id', '=', customerId)
    .where('at', '>', addMinutes(ctx.now, -24 * 60))
    .executeTakeFirstOrThrow();
  if (count >= BigInt(REAL_NAME_ATTEMPTS_PER_DAY)) throw problem['real-name-attempts']();
}

/** Keeps whether it passed, when and by which method, and whether the person is of age: nothing else (蓝天云 2.2). */
export async function realNameRecord(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; method: string; result: 'pass' | 'fail'; minor: boolean },
): Promise<void> {
  const { customerId, method, result } = input;
  await tx
    .insertInto('identity_real_name_check')
    .values({ id: newId(), customer_id: customerId, at: ctx.now, method, result })
    .execute();
  if (result === 'pass') {
    await tx
      .updateTable('identity_customer')
      .set({ real_name_passed_at: ctx.now, real_name_method: method, minor: input.minor })
      .where('id', '=', customerId)
      .execute();
  }
  await auditRecord(tx, ctx, {
    action: 'customer.real-name-checked',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { method, result },
  });
}
