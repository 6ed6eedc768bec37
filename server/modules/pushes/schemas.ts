import { z } from 'zod';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { Push } from './push-row.ts';

const clause = z.object({ id: z.string(), version: z.string() });

/** What passed, as it was then; null unless it was accepted. */
const passed = z
  .object({
    label: z.string(),
    product: z.string(),
    plan: z.string(),
    region: z.string(),
    period_end: instant,
    /** Of a month: what its renewals cost from then on. */
    price: amountOut,
  })
  .nullable();

const state = z.enum(['open', 'accepted', 'declined', 'withdrawn', 'lapsed']);

export const givenShown = z.object({
  id,
  service_id: id,
  label: z.string(),
  /** The ends of the address to which it went. */
  to: z.string(),
  made_at: instant,
  expires_at: instant,
  state,
  ended_at: instant.nullable(),
  /** What the other needs to accept it, while it is open; null for who may not make one. */
  code: z.string().nullable(),
  passed,
  /** What of what was paid wasn't consumed when it passed: it stays paid by you. */
  worth: amountOut.nullable(),
  clause,
});

export const takenShown = z.object({
  id,
  service_id: id,
  state,
  ended_at: instant,
  passed,
  clause,
});

export const staffShown = givenShown.omit({ code: true }).extend({
  from_customer: id,
  to_customer: id.nullable(),
});

export const offerShown = z.object({
  id,
  label: z.string(),
  product: z.string(),
  plan: z.string(),
  plan_name: localized,
  region: z.string(),
  region_name: localized,
  options: z.record(z.string(), z.number()),
  /** Paid until then. */
  period_end: instant,
  /** Of a month, from its next renewal on. */
  price: amountOut,
  made_at: instant,
  expires_at: instant,
  /** Its web ports lead nowhere until a filing of yours counts. */
  web_shut: z.boolean(),
  /** What keeps you from accepting it. */
  obstacles: z.array(z.object({ code: z.string(), title: z.string(), opens: z.string() })),
  /** What the page said on which it was ordered: it holds on for who takes it. Null: nothing over the agreement. */
  said: z
    .object({ title: localized, clauses: z.array(z.object({ id: z.string(), text: z.string() })) })
    .nullable(),
  /** To be given back with the acceptance. */
  as_shown: z.string(),
  clause,
});

export function shownPassed({ facts }: Push): z.infer<typeof passed> {
  if (!facts) return null;
  const { monthly_micro, ...rest } = facts;
  return { ...rest, price: formatYuan(BigInt(monthly_micro.after)) };
}

export function shownPush(push: Push, label: string): Omit<z.infer<typeof givenShown>, 'code'> {
  return {
    id: push.id,
    service_id: push.service_id,
    label: push.facts?.label ?? label,
    to: push.to_shown,
    made_at: push.made_at.toISOString(),
    expires_at: push.expires_at.toISOString(),
    state: push.state,
    ended_at: push.ended_at?.toISOString() ?? null,
    passed: shownPassed(push),
    worth: push.worth_micro === null ? null : formatYuan(push.worth_micro),
    clause: clauseOf(push),
  };
}

export function shownTaken(push: Push): z.infer<typeof takenShown> {
  const { id, service_id, state, ended_at } = push;
  return {
    ...{ id, service_id, state },
    ended_at: ended_at!.toISOString(),
    passed: shownPassed(push),
    clause: clauseOf(push),
  };
}

export function clauseOf({ clause_id, clause_version }: Push) {
  return { id: clause_id, version: clause_version };
}
