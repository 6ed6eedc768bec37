import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueueAll } from '#kernel/jobs.ts';
import { fill, type Locale } from '#kernel/text.ts';
import './tables.ts';
import { type NoticeKind, TEMPLATES } from '#modules/wording/index.ts';
import { type NoticeTerms, topicOf, type Ways, waysOf } from './channels.ts';
import { deliveriesAdd, staffTask } from './deliveries-add.ts';
import { termsAsk } from './terms-ask.ts';

export interface NoticeRequest {
  kind: NoticeKind;
  /** One notice for one cause: the same words again give the notice that exists. */
  dedupe: string;
  to: { customerId: string | null; userId: string; email: string; locale: Locale };
  values: Record<string, string | number>;
  /**
   * The parameters in force, which say by which channels; without them those of the customer's newest acceptance.
   * Without any: by mail.
   */
  terms?: NoticeTerms | null;
  /** In place of the terms' channels: where one of them is known to reach nobody. */
  ways?: Ways;
  /** Where an SMS goes when not to the customer's own number. */
  contact?: { id: string; shown: string };
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

/**
 * The same for many acts that happen at once, in few round trips: a row for each notice, which is its delivery by mail
 * and its place in the inbox, and further rows only where the terms ask for further channels. Returns their ids in turn.
 */
export async function noticeSendAll(tx: Tx, ctx: Ctx, requests: NoticeRequest[]): Promise<string[]> {
  if (requests.length === 0) return [];
  const agreed = await termsAsk(tx, ctx, requests);
  const notices = requests.map((request) =>
    composed(ctx, request, request.terms ?? agreed.get(request.to.customerId ?? '') ?? null),
  );
  const placed = await place(tx, ctx, notices);
  const mails = placed.filter(({ state }) => state === 'queued').map(({ id }) => id);
  const batches: string[][] = [];
  for (let from = 0; from < mails.length; from += DELIVERED_TOGETHER)
    batches.push(mails.slice(from, from + DELIVERED_TOGETHER));
  await enqueueAll(
    tx,
    'notify.deliver',
    batches.map((ids) => ({ notices: ids })),
    { maxAttempts: 12 },
  );
  const ids = new Map(placed.map(({ id, dedupe }) => [dedupe, id]));
  const further = notices.filter(({ id, ways, dedupe }) => ids.get(dedupe) === id && (ways.sms || ways.site));
  if (further.length > 0) await goFurther(tx, ctx, further);
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

type Composed = ReturnType<typeof composed>;

function composed(ctx: Ctx, request: NoticeRequest, terms: NoticeTerms | null) {
  const template = TEMPLATES[request.kind];
  const { locale, customerId } = request.to;
  const values = { ...request.values, brand: ctx.brand.name[locale] };
  const ways = request.ways ?? waysOf(request.kind, terms);
  const subject = fill(template.subject[locale], values);
  const inbox = customerId !== null && !request.secret;
  return {
    id: newId(),
    dedupe: `${ctx.brand.id}:${request.dedupe}`,
    subject,
    body: fill(template.body[locale], values),
    values: { ...values, subject },
    channel: ways.email ? ('email' as const) : inbox ? ('in-site' as const) : ('record' as const),
    ways,
    request,
  };
}

/**
 * Inserts those that are new. Who doesn't want mail about a topic that no terms ask for has it in the inbox alone.
 */
async function place(tx: Tx, ctx: Ctx, notices: Composed[]) {
  const { rows } = await sql<{
    id: string;
    dedupe: string;
    state: 'queued' | 'sent';
  }>`insert into notify_notice (id, brand, customer_id,
      user_id, kind, dedupe, channel, address, locale, subject, body, secret, state, sent_at, created_at, otherwise)
    select n.id, ${ctx.brand.id}, n.customer_id, n.user_id, n.kind, n.dedupe, c.channel, n.address, n.locale, n.subject,
      n.body, n.secret, case c.channel when 'email' then 'queued' else 'sent' end,
      case c.channel when 'email' then null else ${ctx.now}::timestamptz end, ${ctx.now},
      string_to_array(n.otherwise, ',')
    from unnest(
      ${notices.map(({ id }) => id)}::uuid[],
      ${notices.map(({ request }) => request.to.customerId)}::uuid[],
      ${notices.map(({ request }) => request.to.userId)}::uuid[],
      ${notices.map(({ request }) => request.kind)}::text[],
      ${notices.map(({ dedupe }) => dedupe)}::text[],
      ${notices.map(({ channel }) => channel)}::text[],
      ${notices.map(({ request }) => topicOf(request.kind))}::text[],
      ${notices.map(({ request }) => request.to.email)}::text[],
      ${notices.map(({ request }) => request.to.locale)}::text[],
      ${notices.map(({ subject }) => subject)}::text[],
      ${notices.map(({ body }) => body)}::text[],
      ${notices.map(({ request }) => request.secret ?? false)}::boolean[],
      ${notices.map(({ ways }) => ways.otherwise.join(',') || null)}::text[]
    ) as n (id, customer_id, user_id, kind, dedupe, channel, topic, address, locale, subject, body, secret, otherwise)
    left join notify_preference p on p.user_id = n.user_id and p.topic = n.topic and p.channel = n.channel
    cross join lateral (select case when p.user_id is null then n.channel else 'in-site' end as channel) c
    on conflict (dedupe) do nothing
    returning id, dedupe, state`.execute(tx);
  return rows;
}

/** Where neither mail nor SMS can be tried, staff have to tell. */
async function goFurther(tx: Tx, ctx: Ctx, notices: Composed[]): Promise<void> {
  const untried = await deliveriesAdd(
    tx,
    ctx,
    notices.map(({ id, request, ways, values }) => ({
      noticeId: id,
      kind: request.kind,
      customerId: request.to.customerId,
      locale: request.to.locale,
      values,
      sms: ways.sms,
      site: ways.site,
      contact: request.contact ?? null,
    })),
  );
  const mute = notices.filter(({ id, ways }) => !ways.email && untried.includes(id));
  for (const { id } of mute) await staffTask(tx, ctx, id);
}
