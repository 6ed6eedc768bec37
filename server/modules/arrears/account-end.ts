import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { lateFeesBegin, owedBy } from '#modules/debts/index.ts';
import { serviceEndBy, servicesLiving } from '#modules/lifecycle/index.ts';
import { type SubjectRef, subjectClose, subjectsOpen } from '#modules/metering/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import { accountLook } from './account-look.ts';
import { accountLock, accountSet, accountsLock, type Freeze, freezeStanding, tell } from './account-row.ts';
import { endClause, eraseClause } from './policy.ts';
import { keptUntil, toPay } from './rules.ts';

/**
 * The days to pay are over (七牛云 7.2.2): the agreement ends, its space is reclaimed, and what was stored goes once the
 * time is over for which the terms keep it (4.3). What is owed stays owed (7.4). An account that owes nothing by now is
 * unfrozen instead.
 */
export async function accountEnd(tx: Tx, ctx: Ctx, found: Freeze): Promise<void> {
  const { customer_id: customerId } = found;
  await accountLook(tx, ctx, customerId);
  const account = await accountLock(tx, customerId);
  const freeze = await freezeStanding(tx, customerId);
  if (account?.state !== 'frozen' || freeze?.id !== found.id || freeze.end_at > ctx.now) return;
  const policy = await policyOf(
    tx,
    { customerId, serviceId: null, acceptanceId: freeze.acceptance_id },
    ctx.now,
  );
  const subjects = await subjectsOpen(tx, ctx.brand.id, customerId);
  const eraseAt = keptUntil(ctx.now, policy.parameters.retention?.days, ctx.brand.zone);
  for (const subject of subjects) await subjectClose(tx, ctx, subject);
  const notice = await tellEnd(tx, ctx, freeze, { policy, eraseAt });
  const notices = [...freeze.notices, notice];
  await tx
    .updateTable('arrears_freeze')
    .set({ ended_at: ctx.now, erase_at: eraseAt, remind_at: null, notices })
    .where('id', '=', freeze.id)
    .execute();
  await accountSet(tx, account, { state: 'ended', check_at: null });
  await lateFeesBegin(tx, ctx, [customerId]);
  await auditRecord(tx, ctx, {
    action: 'account.ended',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause: endClause(policy),
    facts: {
      frozen_at: freeze.frozen_at.toISOString(),
      owed: formatYuan(await owedBy(tx, ctx.brand.id, customerId, ctx.now)),
      subjects: subjects.length,
      erased_at: eraseAt.toISOString(),
      erase_clause: eraseClause(policy).clause,
    },
    notices: freeze.notices,
  });
  await erasuresPlan(tx, ctx, freeze, subjects);
  await servicesEndWith(tx, ctx, { freeze, policy, notices });
  await ctx.bus.emit(tx, ctx, 'account.ended', { customerId, freezeId: freeze.id, eraseAt });
}

const NOTHING = { funds: 0n, consumption: 0n, missing: 0n };

async function tellEnd(
  tx: Tx,
  ctx: Ctx,
  freeze: Freeze,
  { policy, eraseAt }: { policy: Policy; eraseAt: Date },
): Promise<string> {
  const { zone } = ctx.brand;
  const { customer_id: customerId } = freeze;
  return tell(tx, ctx, customerId, {
    kind: 'account-ended',
    dedupe: `account-ended:${freeze.id}`,
    values: {
      frozen: wallClock(freeze.frozen_at, zone),
      until: wallClock(freeze.end_at, zone),
      erases: wallClock(eraseAt, zone),
      owed: formatYuan(toPay({ ...NOTHING, owed: await owedBy(tx, ctx.brand.id, customerId, ctx.now) })),
      end_clause: endClause(policy).clause,
      erase_clause: eraseClause(policy).clause,
      fee_clause: policy.clauseOf(policy.parameters.late_fee ? 'late_fee' : 'arrears').clause,
    },
  });
}

async function erasuresPlan(tx: Tx, ctx: Ctx, freeze: Freeze, subjects: SubjectRef[]): Promise<void> {
  if (subjects.length === 0) return;
  await tx
    .insertInto('arrears_erasure')
    .values(
      subjects.map(({ product, name }) => ({
        id: newId(),
        freeze_id: freeze.id,
        product,
        name,
        closed_at: ctx.now,
        asked_at: null,
        held_by: null,
        erased_at: null,
        facts: null,
      })),
    )
    .execute();
}

/** The agreement was one: what was prepaid under it ends too, where the terms let it be withheld, and nothing goes back. */
async function servicesEndWith(
  tx: Tx,
  ctx: Ctx,
  { freeze, policy, notices }: { freeze: Freeze; policy: Policy; notices: string[] },
): Promise<void> {
  if (!policy.parameters.withhold) return;
  for (const { id: serviceId, state } of await servicesLiving(tx, ctx.brand.id, freeze.customer_id))
    await serviceEndBy(tx, ctx, {
      serviceId,
      by: 'arrears',
      clause: endClause(policy),
      refund: 'none',
      wipe: state === 'preparing' ? 'now' : 'retention',
      reason: 'arrears of the account',
      notices,
    });
}

/** What was used before the end is charged after it: these, of whom some have ended, owe that with a late fee too (7.4). */
export async function endedOwe(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<void> {
  const accounts = await accountsLock(tx, customerIds);
  const ended = accounts.filter(({ state }) => state === 'ended').map(({ customer_id }) => customer_id);
  if (ended.length > 0) await lateFeesBegin(tx, ctx, ended);
}
