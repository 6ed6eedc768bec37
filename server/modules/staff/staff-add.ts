import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { normalEmail } from '#modules/identity/index.ts';
import type { Holding } from './rules.ts';
import { givenUntil } from './staff-password.ts';
import './tables.ts';

/**
 * A new member of the staff, an administrator where nothing else is said; they enrol a second factor when they first
 * sign in. Whoever calls has seen to it that these roles may be granted.
 */
export async function staffAdd(
  tx: Tx,
  ctx: Ctx,
  input: {
    email: string;
    name: string;
    passwordHash: string;
    /** Who adds them saw the password. */
    given?: boolean;
    holdings?: readonly Holding[];
  },
): Promise<string> {
  const id = newId();
  const holdings = input.holdings ?? [{ role: 'admin', brand: null }];
  await tx
    .insertInto('identity_staff')
    .values({
      id,
      email: input.email,
      email_normal: normalEmail(input.email),
      name: input.name,
      password_hash: input.passwordHash,
      password_given_until: input.given ? givenUntil(ctx) : null,
      created_at: ctx.now,
    })
    .execute();
  const granted = { granted_by: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null, granted_at: ctx.now };
  if (holdings.length > 0)
    await tx
      .insertInto('staff_holding')
      .values(holdings.map(({ role, brand }) => ({ staff_id: id, role, brand, ...granted })))
      .execute();
  await auditRecord(tx, ctx, {
    action: 'staff.added',
    subject: { kind: 'staff', id },
    customerId: null,
    facts: { before: null, after: { roles: holdings } },
  });
  return id;
}

export async function staffCount(db: Db | Tx): Promise<number> {
  const { count } = await db
    .selectFrom('identity_staff')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
