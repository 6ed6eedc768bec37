import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { clauseShown, type Policy, policyShown } from '#modules/terms/index.ts';
import { type Freeze, freezeStanding } from './account-row.ts';
import { customerPolicy, endClause, eraseClause } from './policy.ts';
import { free, lastsMs, toPay } from './rules.ts';
import { standingAndRate } from './standing.ts';
import './tables.ts';

const clause = z.object({ id: z.string(), version: z.string(), title: localized });

export const accountState = z.enum(['running', 'frozen', 'ended']);

/** A customer's account, as it and staff see it. `null` where the terms know no freezing. */
export const accountShown = z.object({
  state: accountState,
  /** Since when it is frozen or ended. */
  since: instant.nullable(),
  /** What has to come in: before it is unfrozen, or what is owed after the end. */
  to_pay: amountOut,
  /** While it is frozen: until when. */
  pay_until: instant.nullable(),
  /** After the end: when the data goes, or went. */
  erase_at: instant.nullable(),
  erased_at: instant.nullable(),
  clauses: z.object({ freeze: clause, end: clause, erase: clause }),
  /** While it runs and something was used lately: how long the balance lasts at that rate. */
  lasts_days: z.number().nullable(),
  per_day: amountOut.nullable(),
  /** From when on, and from how much, the present term is counted. */
  term: z.object({ from: instant, amount: amountOut, clause }).nullable(),
});

const DAY_MS = 86_400_000;

/** Null where this customer's terms know no freezing. */
export async function shownAccount(
  db: Db,
  ctx: Ctx,
  customerId: string,
): Promise<z.infer<typeof accountShown> | null> {
  const policy = await customerPolicy(db, customerId, ctx.now);
  if (!policy?.parameters.arrears) return null;
  const account = await db
    .selectFrom('arrears_account')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const state = account?.state ?? 'running';
  const freeze = state === 'running' ? null : await freezeStanding(db, customerId);
  const { standing, rate } = await standingAndRate(db, ctx, customerId);
  const { daily } = rate;
  const lasts = state === 'running' ? lastsMs(free(standing), daily) : null;
  return {
    state,
    ...datesOf(state, freeze),
    to_pay: formatYuan(toPay(standing)),
    clauses: {
      freeze: policyShown(policy, 'arrears'),
      end: named(policy, 'arrears', endClause(policy)),
      erase: named(policy, policy.parameters.retention ? 'retention' : 'arrears', eraseClause(policy)),
    },
    lasts_days: lasts === null ? null : Math.floor(lasts / DAY_MS),
    per_day: lasts === null ? null : formatYuan(daily),
    term: account?.term_from ? termOf(policy, account.term_from, account.term_micro ?? 0n) : null,
  };
}

function datesOf(state: string, freeze: Freeze | null) {
  const iso = (at: Date | null | undefined) => at?.toISOString() ?? null;
  return {
    since: iso(state === 'ended' ? freeze?.ended_at : freeze?.frozen_at),
    pay_until: state === 'frozen' ? iso(freeze?.end_at) : null,
    erase_at: iso(freeze?.erase_at),
    erased_at: iso(freeze?.erased_at),
  };
}

function termOf(policy: Policy, from: Date, amount: Micro) {
  if (!policy.parameters.term) return null;
  return { from: from.toISOString(), amount: formatYuan(amount), clause: policyShown(policy, 'term') };
}

/** A clause that a figure names within itself: of the contract that the figure comes from, or of the agreement. */
function named(policy: Policy, parameter: 'arrears' | 'retention', { clause: id }: ClauseRef) {
  if (policy.paperOf(parameter)) return { ...policyShown(policy, parameter), id };
  return clauseShown(policy.version, id);
}

const cited = z.object({ clause: z.string(), version: z.string(), sha256: z.string() });

export const certificateShown = z.object({
  id,
  issued_at: instant,
  frozen_at: instant,
  ended_at: instant,
  end_clause: cited,
  erase_clause: cited,
  /** The notices that were sent before. */
  notices: z.array(z.string()),
  erased: z.array(
    z.object({
      product: z.string(),
      name: z.string(),
      closed_at: instant,
      erased_at: instant,
      /** The part of the system that held the data; null where none did. */
      held_by: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
});

export async function certificatesOf(
  db: Db,
  brand: string,
  customerId: string,
): Promise<z.infer<typeof certificateShown>[]> {
  const rows = await db
    .selectFrom('arrears_certificate')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({ id: row.id, issued_at: row.issued_at.toISOString(), ...row.facts }));
}
