import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueueAll } from '#kernel/jobs.ts';
import { fill, type Locale } from '#kernel/text.ts';
import './tables.ts';
import { type NoticeKind, TEMPLATES } from './templates.ts';

export interface NoticeRequest {
  kind: NoticeKind;
  /** One notice for one cause: the same words again give the notice that exists. */
  dedupe: string;
  to: { customerId: string | null; userId: string; email: string; locale: Locale };
  values: Record<string, string | number>;
  /** Holds a code: not shown on the site, and its body goes once it is delivered. */
  secret?: boolean;
}

/** Puts a notice on its way and on record, in the transaction of the act that it tells of. Returns its id. */
export async function noticeSend(tx: Tx, ctx: Ctx, request: NoticeRequest): Promise<string> {
  const [id] = await noticeSendAll(tx, ctx, [request]);
  return id!;
}

/** How many notices one job delivers. */
const DELIVERED_TOGETHER = 100;

/** The same for many acts that happen at once, in few round trips. Returns their ids in turn. */
export async function noticeSendAll(tx: Tx, ctx: Ctx, requests: NoticeRequest[]): Promise<string[]> {
  if (requests.length === 0) return [];
  const notices = requests.map((request) => {
    const template = TEMPLATES[request.kind];
    const { locale } = request.to;
    const values = { ...request.values, brand: ctx.brand.name[locale] };
    return {
      id: newId(),
      dedupe: `${ctx.brand.id}:${request.dedupe}`,
      subject: fill(template.subject[locale], values),
      body: fill(template.body[locale], values),
    };
  });
  const { rows: placed } = await sql<{
    id: string;
    dedupe: string;
  }>`insert into notify_notice (id, brand, customer_id,
      user_id, kind, dedupe, channel, address, locale, subject, body, secret, state, created_at)
    select n.id, ${ctx.brand.id}, n.customer_id, n.user_id, n.kind, n.dedupe, 'email', n.address, n.locale, n.subject,
      n.body, n.secret, 'queued', ${ctx.now}
    from unnest(
      ${notices.map(({ id }) => id)}::uuid[],
      ${requests.map(({ to }) => to.customerId)}::uuid[],
      ${requests.map(({ to }) => to.userId)}::uuid[],
      ${requests.map(({ kind }) => kind)}::text[],
      ${notices.map(({ dedupe }) => dedupe)}::text[],
      ${requests.map(({ to }) => to.email)}::text[],
      ${requests.map(({ to }) => to.locale)}::text[],
      ${notices.map(({ subject }) => subject)}::text[],
      ${notices.map(({ body }) => body)}::text[],
      ${requests.map(({ secret }) => secret ?? false)}::boolean[]
    ) as n (id, customer_id, user_id, kind, dedupe, address, locale, subject, body, secret)
    on conflict (dedupe) do nothing
    returning id, dedupe`.execute(tx);
  const batches: string[][] = [];
  for (let from = 0; from < placed.length; from += DELIVERED_TOGETHER) {
    batches.push(placed.slice(from, from + DELIVERED_TOGETHER).map(({ id }) => id));
  }
  await enqueueAll(
    tx,
    'notify.deliver',
    batches.map((ids) => ({ notices: ids })),
    { maxAttempts: 12 },
  );
  const ids = new Map(placed.map(({ id, dedupe }) => [dedupe, id]));
  const earlier = notices.filter(({ dedupe }) => !ids.has(dedupe)).map(({ dedupe }) => dedupe);
  for (const row of earlier.length === 0
    ? []
    : await tx
        .selectFrom('notify_notice')
        .select(['id', 'dedupe'])
        .where('dedupe', '=', sql<string>`any(${earlier}::text[])`)
        .execute())
    ids.set(row.dedupe, row.id);
  return notices.map(({ dedupe }) => ids.get(dedupe)!);
}
