import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import './tables.ts';

/** What a member of the staff is told by mail. */
export type StaffTold =
  | 'staff-new-device'
  | 'staff-factor-reset'
  | 'staff-factor-reset-asked'
  | 'staff-password-changed'
  | 'staff-roles';

declare module '#kernel/events.ts' {
  interface Events {
    /** Something about a member of the staff that they must hear of; notify mails it. */
    'staff.told': { staffId: string; email: string; kind: StaffTold; values: Record<string, string> };
  }
}

export async function staffTell(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
  kind: StaffTold,
  values: Record<string, string> = {},
): Promise<void> {
  const { email, name } = await tx
    .selectFrom('identity_staff')
    .select(['email', 'name'])
    .where('id', '=', staffId)
    .executeTakeFirstOrThrow();
  await ctx.bus.emit(tx, ctx, 'staff.told', { staffId, email, kind, values: { name, ...values } });
}
