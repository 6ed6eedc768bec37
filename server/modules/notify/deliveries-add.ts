import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueueAll } from '#kernel/jobs.ts';
import { fill, type Locale, type LocalizedText } from '#kernel/text.ts';
import { contactsOf } from '#modules/reach/index.ts';
import type { NoticeKind } from '#modules/wording/index.ts';
import { SITE_TEXTS, shortText } from '#modules/wording/index.ts';
import { announcementPost } from './announcement.ts';
import type { StaffChannel } from './channels.ts';
import './tables.ts';

/** A notice that is on record and goes by more than its own row. */
export interface Further {
  noticeId: string;
  kind: NoticeKind;
  customerId: string | null;
  locale: Locale;
  values: Record<string, string | number>;
  sms: boolean;
  site: boolean;
  /** Where the SMS goes when not to the customer's own number. */
  contact: { id: string; shown: string } | null;
  phoneCode: { id: string; shown: string } | null;
}

/** Returns the ids of those whose SMS can't even be tried. */
export async function deliveriesAdd(tx: Tx, ctx: Ctx, further: Further[]): Promise<string[]> {
  const bySms = further.filter(({ sms }) => sms);
  const phones = await phonesOf(tx, bySms);
  const untried: string[] = [];
  const rows = bySms.map((each) => {
    const contact = each.contact ?? phones.get(each.customerId ?? '');
    const phone = each.phoneCode ?? contact;
    const { template, vars, text } = shortText(each.kind, each.locale, each.values);
    const lost = !phone ? 'no-contact' : 'invalid' in phone && phone.invalid ? 'contact-invalid' : null;
    if (lost) untried.push(each.noticeId);
    return {
      ...common(ctx, each.noticeId),
      channel: 'sms' as const,
      contact_id: each.phoneCode ? null : (contact?.id ?? null),
      phone_code_id: each.phoneCode?.id ?? null,
      address: phone?.shown ?? '',
      template,
      vars: JSON.stringify(vars),
      body: text,
      state: lost ? ('failed' as const) : ('queued' as const),
      outcome: lost,
      ended_at: lost ? ctx.now : null,
    };
  });
  if (rows.length > 0) await tx.insertInto('notify_delivery').values(rows).execute();
  const queued = rows.filter(({ state }) => state === 'queued');
  await enqueueAll(
    tx,
    'notify.sms',
    queued.map(({ id }) => ({ delivery: id })),
    { maxAttempts: 12 },
  );
  for (const each of further) if (each.site) await onSite(tx, ctx, each);
  return untried;
}

function common(ctx: Ctx, noticeId: string) {
  return {
    id: newId(),
    notice_id: noticeId,
    brand: ctx.brand.id,
    announcement_id: null,
    receipt: null,
    created_at: ctx.now,
    sent_at: null,
    query_at: null,
  };
}

async function phonesOf(tx: Tx, further: Further[]) {
  const ids = further.flatMap(({ customerId, contact, phoneCode }) =>
    customerId && !contact && !phoneCode ? [customerId] : [],
  );
  const contacts = ids.length === 0 ? [] : await contactsOf(tx, [...new Set(ids)]);
  return new Map(
    contacts
      .filter(({ kind }) => kind === 'phone')
      .map(({ customer_id, id, shown, invalid_at }) => [
        customer_id,
        { id, shown, invalid: invalid_at !== null },
      ]),
  );
}

/** The site says it once for all that are told the same. Kinds without such a text are announced by who sends them. */
async function onSite(tx: Tx, ctx: Ctx, { noticeId, kind, values }: Further): Promise<void> {
  const text = SITE_TEXTS[kind];
  if (!text) return;
  const filled = (said: LocalizedText) => ({ zh: fill(said.zh, values), en: fill(said.en, values) });
  const announcement = await announcementPost(tx, ctx, {
    kind: text.kind,
    dedupe: [kind, ...text.same.map((name) => values[name])].join(':'),
    title: filled(text.title),
    body: filled(text.body),
    ...(values.clause === undefined ? {} : { clause: String(values.clause) }),
  });
  await tx
    .insertInto('notify_delivery')
    .values({
      ...common(ctx, noticeId),
      channel: 'site',
      announcement_id: announcement,
      contact_id: null,
      address: '',
      template: null,
      vars: null,
      body: text.title.zh,
      state: 'delivered',
      outcome: 'shown',
      sent_at: ctx.now,
      ended_at: ctx.now,
    })
    .execute();
}

/**
 * Nothing that goes by itself got through: staff tell, by the first of the terms' ways for which there is a contact and
 * that wasn't tried. False when there is none.
 */
export async function staffTask(tx: Tx, ctx: Ctx, noticeId: string): Promise<boolean> {
  const notice = await tx
    .selectFrom('notify_notice')
    .select(['customer_id', 'subject', 'otherwise', 'secret'])
    .where('id', '=', noticeId)
    .executeTakeFirstOrThrow();
  if (!notice.otherwise || !notice.customer_id || notice.secret) return false;
  const tried = await tx
    .selectFrom('notify_delivery')
    .select('channel')
    .where('notice_id', '=', noticeId)
    .execute();
  const contacts = await contactsOf(tx, [notice.customer_id]);
  for (const channel of notice.otherwise) {
    if (tried.some((each) => each.channel === channel)) continue;
    const contact = contacts.find(({ kind, invalid_at }) => kind === channel && invalid_at === null);
    if (!contact) continue;
    await taskPut(tx, ctx, noticeId, channel, contact, notice.subject);
    return true;
  }
  return false;
}

async function taskPut(
  tx: Tx,
  ctx: Ctx,
  noticeId: string,
  channel: StaffChannel,
  contact: { id: string; shown: string },
  subject: string,
): Promise<void> {
  await tx
    .insertInto('notify_delivery')
    .values({
      ...common(ctx, noticeId),
      channel,
      contact_id: contact.id,
      address: contact.shown,
      template: null,
      vars: null,
      body: subject,
      state: 'open',
      outcome: null,
      ended_at: null,
    })
    .execute();
}
