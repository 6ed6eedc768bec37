import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { wallClock } from '#kernel/time.ts';
import { type Customer, customerList, customersByIds } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import type { Category } from '#server/personal-data.ts';
import { CATEGORY_NAMES } from '#server/personal-data-names.ts';
import { type Incident, incidentLock, note, set } from './incident.ts';
import { problem } from './rules.ts';
import './tables.ts';

export const TELL_JOB = 'breaches.tell';
const TOGETHER = 100;

/** Those concerned are told, in the background. Throws `incident-not-agreed`. Told twice, each still hears it once. */
export async function incidentTell(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const row = await incidentLock(tx, ctx, id);
  if (row.state !== 'agreed' || row.untold_reason !== null) throw problem['incident-not-agreed']();
  await set(tx, id, { state: 'told' });
  await enqueue(tx, TELL_JOB, { incident: id, after: null }, { key: `breach:${id}` });
  await note(tx, ctx, id, 'breach.telling', { late: ctx.now > row.due_at });
}

/** One batch; returns where the next one begins, null at the end. */
export async function incidentTellBatch(
  tx: Tx,
  ctx: Ctx,
  { id, after }: { id: string; after: string | null },
): Promise<string | null> {
  const row = await incidentLock(tx, ctx, id);
  const customers = row.all_customers ? await everyone(tx, ctx, after) : await named(tx, id);
  const notices = await noticeSendAll(
    tx,
    ctx,
    customers.map((customer) => ({
      kind: 'breach-told' as const,
      dedupe: `breach:${id}:${customer.id}`,
      to: {
        customerId: customer.id,
        userId: customer.user_id,
        email: customer.email,
        locale: customer.locale,
      },
      values: wordsOf(ctx, row, customer.locale),
    })),
  );
  for (const [i, { id: customerId }] of customers.entries())
    await tx
      .insertInto('breaches_person')
      .values({ incident_id: id, customer_id: customerId, told_at: ctx.now, notice_id: notices[i]! })
      .onConflict((conflict) =>
        conflict
          .columns(['incident_id', 'customer_id'])
          .doUpdateSet({ told_at: ctx.now, notice_id: notices[i]! })
          .where('breaches_person.told_at', 'is', null),
      )
      .execute();
  return customers.length === TOGETHER ? customers.at(-1)!.id : null;
}

async function everyone(tx: Tx, ctx: Ctx, after: string | null): Promise<Customer[]> {
  const rows = await customerList(tx, ctx.brand.id, { before: after ?? undefined });
  return rows.slice(0, TOGETHER);
}

async function named(tx: Tx, id: string): Promise<Customer[]> {
  const rows = await tx
    .selectFrom('breaches_person')
    .select('customer_id')
    .where('incident_id', '=', id)
    .where('told_at', 'is', null)
    .orderBy('customer_id')
    .limit(TOGETHER)
    .execute();
  return customersByIds(
    tx,
    rows.map(({ customer_id }) => customer_id),
  );
}

function wordsOf(ctx: Ctx, row: Incident, locale: 'zh' | 'en') {
  const categories = row.categories.map((category) => CATEGORY_NAMES[category as Category][locale]);
  const until = row.to_at
    ? wallClock(row.to_at, ctx.brand.zone)
    : { zh: '仍在核实', en: 'still being found out' }[locale];
  return {
    title: row.title,
    happened: row.happened,
    categories: categories.join(locale === 'zh' ? '、' : ', '),
    from: wallClock(row.from_at, ctx.brand.zone),
    to: until,
    effects: locale === 'zh' ? row.effects_zh : row.effects_en,
    remedy: locale === 'zh' ? row.remedy_zh : row.remedy_en,
    contact: ctx.brand.contact_email ?? ctx.brand.mailFrom[locale],
  };
}

/** Whom it concerns and what was told, with the notices as evidence. */
export function incidentPeople(db: Db | Tx, id: string) {
  return db
    .selectFrom('breaches_person')
    .select(['customer_id', 'told_at', 'notice_id'])
    .where('incident_id', '=', id)
    .orderBy('customer_id')
    .limit(1_000)
    .execute();
}
