import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { CONSENTS, type Consent, problem } from './rules.ts';
import './tables.ts';

export interface ConsentState {
  purpose: Consent;
  given: boolean;
  since: Date | null;
}

/** What rests on consent, and whether it was given. Nothing was until its person says so. */
export async function consents(db: Db | Tx, userId: string): Promise<ConsentState[]> {
  const rows = await db.selectFrom('privacy_consent').selectAll().where('user_id', '=', userId).execute();
  return CONSENTS.map((purpose) => {
    const row = rows.find((each) => each.purpose === purpose);
    return {
      purpose,
      given: row !== undefined && row.withdrawn_at === null,
      since: row?.withdrawn_at ?? row?.given_at ?? null,
    };
  });
}

/** Gives or withdraws (PIPL art. 15: as easily as it was given). Throws `data-limited` for giving while it is limited. */
export async function consentPut(
  tx: Tx,
  ctx: Ctx,
  { purpose, given }: { purpose: Consent; given: boolean },
): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  if (given && (await limitOf(tx, userId))) throw problem['data-limited']();
  if (given)
    await tx
      .insertInto('privacy_consent')
      .values({ user_id: userId, purpose, given_at: ctx.now, withdrawn_at: null })
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'purpose']).doUpdateSet({ given_at: ctx.now, withdrawn_at: null }),
      )
      .execute();
  else await withdraw(tx, ctx, userId, purpose);
  await auditRecord(tx, ctx, {
    action: given ? 'privacy.consent-given' : 'privacy.consent-withdrawn',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { purpose },
  });
}

async function withdraw(tx: Tx, ctx: Ctx, userId: string, purpose: Consent): Promise<void> {
  await tx
    .updateTable('privacy_consent')
    .set({ withdrawn_at: ctx.now })
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('withdrawn_at', 'is', null)
    .execute();
}

export async function limitOf(db: Db | Tx, userId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('privacy_limit')
    .select('since')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.since ?? null;
}

/** PIPL art. 44: the use of one's data is limited to what contract and law need; consents end, and none can be given. */
export async function limitPut(tx: Tx, ctx: Ctx, limited: boolean): Promise<void> {
  const { userId, customerId } = customerOf(ctx);
  if (limited) {
    await tx
      .insertInto('privacy_limit')
      .values({ user_id: userId, since: ctx.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const purpose of CONSENTS) await withdraw(tx, ctx, userId, purpose);
  } else await tx.deleteFrom('privacy_limit').where('user_id', '=', userId).execute();
  await auditRecord(tx, ctx, {
    action: limited ? 'privacy.limited' : 'privacy.limit-lifted',
    subject: { kind: 'user', id: userId },
    customerId,
  });
}

/** Of these users, who agrees to a purpose at this moment. Whatever rests on consent asks here before it does anything. */
export async function consenting(
  db: Db | Tx,
  purpose: Consent,
  userIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ user_id: string }>`select user_id from privacy_consent
    where purpose = ${purpose} and withdrawn_at is null and user_id = any(${userIds}::uuid[])`.execute(db);
  return new Set(rows.map(({ user_id }) => user_id));
}
