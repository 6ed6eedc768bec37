import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { normalEmail } from './rules.ts';
import './tables.ts';

export async function staffAdd(
  tx: Tx,
  ctx: Ctx,
  input: { email: string; name: string; passwordHash: string },
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('identity_staff')
    .values({
      id,
      email: input.email,
      email_normal: normalEmail(input.email),
      name: input.name,
      password_hash: input.passwordHash,
      created_at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, { action: 'staff.added', subject: { kind: 'staff', id }, customerId: null });
  return id;
}

export async function staffCount(db: Db | Tx): Promise<number> {
  const { count } = await db
    .selectFrom('identity_staff')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
