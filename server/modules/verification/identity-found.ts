import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { verifiedSet } from '#modules/identity/index.ts';
import { demandMet } from './demand.ts';
import { ruleNow } from './policy-now.ts';
import type { Kind } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer was found to be who it says; `again`: it was so before. */
    'real-name.passed': { customerId: string; kind: Kind; minor: boolean; again: boolean };
  }
}

export interface Found {
  customerId: string;
  kind: Kind;
  method: string;
  /** Keyed hash of the number (`Sealer.blind`). */
  blind: string;
  minor: boolean;
  /** When a minor comes of age; null where the number doesn't tell, and of everybody else. */
  ofAgeAt: Date | null;
}

/**
 * `used`: the identity has as many accounts as it may; `review`: the same, and two of the staff decide; `another`: the
 * account is verified for somebody else, and isn't passed on (亚云 2.1.4). Nothing was changed by these.
 */
export type Outcome = 'verified' | 'review' | 'used' | 'another';

/** The authority knows this identity: whether it becomes the customer's. `reviewed`: two of the staff say so. */
export async function identityFound(tx: Tx, ctx: Ctx, found: Found, reviewed = false): Promise<Outcome> {
  const { customerId, kind, method, blind, minor } = found;
  const of_age_at = minor ? found.ofAgeAt : null;
  await identityLock(tx, ctx, blind);
  const current = await identityOf(tx, customerId);
  if (current && (current.blind !== blind || current.kind !== kind)) return 'another';
  if (!current && !reviewed) {
    const { accounts } = await ruleNow(tx, ctx, customerId);
    if ((await accountsOf(tx, ctx, blind, customerId)) >= accounts.most)
      return accounts.beyond === 'review' ? 'review' : 'used';
  }
  if (current) {
    await tx
      .updateTable('verification_identity')
      .set({ method, confirmed_at: ctx.now, of_age_at })
      .where('id', '=', current.id)
      .execute();
  } else {
    await tx
      .insertInto('verification_identity')
      .values({
        ...{ id: newId(), brand: ctx.brand.id, customer_id: customerId, kind, method, blind },
        ...{ found_at: ctx.now, confirmed_at: ctx.now, of_age_at, ended_at: null, end_reason: null },
      })
      .execute();
  }
  await verifiedSet(tx, customerId, { at: ctx.now, method, minor, kind });
  await demandMet(tx, ctx, customerId);
  await auditRecord(tx, ctx, {
    action: current ? 'customer.real-name-renewed' : 'customer.real-name-passed',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { method, kind, minor },
  });
  await ctx.bus.emit(tx, ctx, 'real-name.passed', { customerId, kind, minor, again: current !== undefined });
  return 'verified';
}

/** Two customers who show one identity at the same time come one after the other. */
async function identityLock(tx: Tx, ctx: Ctx, blind: string): Promise<void> {
  const key = `identity:${ctx.brand.id}:${blind}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
}

export function identityOf(db: Db | Tx, customerId: string) {
  return db
    .selectFrom('verification_identity')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

/** How many other accounts of the brand are of this identity. */
export async function accountsOf(db: Db | Tx, ctx: Ctx, blind: string, except: string): Promise<number> {
  const { count } = await db
    .selectFrom('verification_identity')
    .select((e) => e.fn.count<bigint>('customer_id').distinct().as('count'))
    .where('brand', '=', ctx.brand.id)
    .where('blind', '=', blind)
    .where('ended_at', 'is', null)
    .where('customer_id', '<>', except)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What was found by a way of its own, with the attempt; for lives that are simulated. */
export async function realNameRecord(tx: Tx, ctx: Ctx, found: Found): Promise<void> {
  await tx
    .insertInto('identity_real_name_check')
    .values({
      ...{ id: newId(), brand: ctx.brand.id, customer_id: found.customerId, kind: found.kind },
      ...{ at: ctx.now, method: found.method, state: 'done', result: 'pass' },
    })
    .execute();
  await identityFound(tx, ctx, found);
}
