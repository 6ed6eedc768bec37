import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { isErasedMailbox } from '#kernel/erased.ts';
import { newId } from '#kernel/ids.ts';
import { enqueueAll } from '#kernel/jobs.ts';
import { fill, type Locale } from '#kernel/text.ts';
import './tables.ts';
import { type NoticeKind, TEMPLATES } from '#modules/wording/index.ts';
import { type NoticeTerms, topicOf, type Ways, waysOf, withoutMailbox } from './channels.ts';
import { deliveriesAdd, staffTask } from './deliveries-add.ts';
import { wantingSms } from './inbox.ts';
import { responsibleCopies } from './responsible-copies.ts';
import { termsAsk } from './terms-ask.ts';

export interface NoticeRequest {
  kind: NoticeKind;
  /** One notice for one cause: the same words again give the notice that exists. */
  dedupe: string;
  /** `email` null: there is no mailbox; it goes by the other ways, and that mail wasn't possible is on record. */
  to: { customerId: string | null; userId: string | null; email: string | null; locale: Locale };
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
  /** The same, where the number is no contact of anybody's yet: the code of room federation that goes there. */
  phoneCode?: { id: string; shown: string };
  /** The products that it is about, whose responsible persons are told too; by its kind where this isn't said. */
  about?: readonly string[];
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
export async function noticeSendAll(tx: Tx, ctx: Ctx, asked: NoticeRequest[]): Promise<string[]> {
  if (asked.length === 0) return [];
  const requests = [...asked, ...(await responsibleCopies(tx, asked))];
  const agreed = await termsAsk(tx, ctx, requests);
  const bySms = await wantingSms(
    tx,
    requests.map(({ kind, to }) => ({ userId: to.userId, topic: topicOf(kind) })),
  );
  const notices = requests.map((request) =>
    composed(ctx, request, {
      terms: request.terms ?? agreed.get(request.to.customerId ?? '') ?? null,
      sms: bySms.has(`${request.to.userId} ${topicOf(request.kind)}`),
    }),
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
  await noMailbox(tx, ctx, placed, notices);
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
  return notices.slice(0, asked.length).map(({ dedupe }) => ids.get(dedupe)!);
}

type Composed = ReturnType<typeof composed>;

const NO_WAY: Ways = { email: false, sms: false, site: false, otherwise: [] };

function composed(ctx: Ctx, request: NoticeRequest, by: { terms: NoticeTerms | null; sms: boolean }) {
  const template = TEMPLATES[request.kind];
  const { locale, customerId } = request.to;
  const values = { ...request.values, brand: ctx.brand.name[locale] };
  const agreed = request.ways ?? waysOf(request.kind, by.terms);
  const asked = by.sms ? { ...agreed, sms: true } : agreed;
  const gone = isErasedMailbox(request.to.email);
  const ways = gone ? NO_WAY : request.to.email === null ? withoutMailbox(request.kind, asked) : asked;
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
    unmailable: asked.email && !ways.email && !gone,
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
      ${notices.map(({ request }) => request.to.email ?? '')}::text[],
      ${notices.map(({ request }) => request.to.locale)}::text[],
      ${notices.map(({ subject }) => subject)}::text[],
      ${notices.map(({ body }) => body)}::text[],
      ${notices.map(({ request }) => request.secret ?? false)}::boolean[],
      ${notices.map(({ ways }) => ways.otherwise.join(',') || null)}::text[]
    ) as n (id, customer_id, user_id, kind, dedupe, channel, topic, address, locale, subject, body, secret, otherwise)
    left join notify_preference p on p.user_id = n.user_id and p.topic = n.topic and p.channel = n.channel
    cross join lateral (select case when p.wanted is not false then n.channel else 'in-site' end as channel) c
    on conflict (dedupe) do nothing
    returning id, dedupe, state`.execute(tx);
  return rows;
}

/** Mail that couldn't be tried stands on record beside the ways that were. */
async function noMailbox(tx: Tx, ctx: Ctx, placed: { id: string }[], notices: Composed[]): Promise<void> {
  const fresh = new Set(placed.map(({ id }) => id));
  const rows = notices
    .filter(({ id, unmailable }) => unmailable && fresh.has(id))
    .map(({ id }) => ({
      notice_id: id,
      number: 1,
      at: ctx.now,
      outcome: 'no-mailbox' as const,
      detail: null,
    }));
  if (rows.length > 0) await tx.insertInto('notify_attempt').values(rows).execute();
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
      phoneCode: request.phoneCode ?? null,
    })),
  );
  const mute = notices.filter(({ id, ways }) => !ways.email && untried.includes(id));
  for (const { id } of mute) await staffTask(tx, ctx, id);
}
