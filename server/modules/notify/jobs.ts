import { sql } from 'kysely';
import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { enqueueAll, type JobInfo, type JobTable } from '#kernel/jobs.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { phoneCodeOpen } from '#modules/federation/index.ts';
import { contactOpen } from '#modules/reach/index.ts';
import { type Delivery, deliveryConclude, type Found, mailConclude } from './conclude.ts';
import { MailError, SmsError } from './driver.ts';
import './tables.ts';

const mails = z.object({ notices: z.array(z.uuid()).min(1) });
const one = z.object({ delivery: z.uuid() });

/** When the sender is asked what became of an SMS, in minutes after it was sent; then no more. */
const ASKED_AFTER_MINUTES = [1, 10, 60, 360, 1_440, 2_880];
const BATCH = 100;

export function jobs(house: House): JobTable {
  return {
    /**
     * Mail may arrive twice when we die between the server's yes and our record; its Message-ID is the same. One that
     * fails doesn't keep the others of its batch: each is tried, and what is left queued is tried again with the job.
     */
    'notify.deliver': async (raw, info) => {
      const { notices } = mails.parse(raw);
      let failed: unknown = null;
      for (const id of notices) await deliver(house, id, info).catch((error: unknown) => (failed = error));
      if (failed) throw failed;
    },
    'notify.sms': async (raw, info) => sendSms(house, one.parse(raw).delivery, info),
    'notify.report': async (raw) => askReport(house, one.parse(raw).delivery),
  };
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'notify.reports',
      everySeconds: 20,
      nextDue: earliest('notify_delivery', 'query_at', sql`query_at is not null`),
      run: (now) => reportsDue(house, now),
    },
  ];
}

async function deliver(house: House, id: string, { attempt, last }: JobInfo): Promise<void> {
  const notice = await house.db
    .selectFrom('notify_notice')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (notice.state !== 'queued') return;
  const conclude = (found: Parameters<typeof mailConclude>[3]) =>
    transact(house.db, (tx) => mailConclude(tx, systemCtx(house, notice.brand, 'notify'), notice, found));
  const from = house.brands.get(notice.brand).mailFrom[notice.locale];
  try {
    const { address: to, subject, body: text } = notice;
    await house.ports.mailer.send({ id, from, to, subject, text });
  } catch (error) {
    const refused = last || (error instanceof MailError && error.permanent);
    const detail = (error as Error).message.slice(0, 300);
    const dead = error instanceof MailError && error.addressDead;
    await conclude({ number: attempt, outcome: refused ? 'refused' : 'retry', detail, dead });
    if (!refused) throw error;
    return;
  }
  await conclude({ number: attempt, outcome: 'sent', detail: null });
}

/** Locks it again, so that two that know something of it don't both write it down. */
function settle(house: House, id: string, from: Delivery['state'], found: Found): Promise<void> {
  return transact(house.db, async (tx) => {
    const delivery = await tx
      .selectFrom('notify_delivery')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (delivery.state !== from) return;
    await deliveryConclude(tx, systemCtx(house, delivery.brand, 'notify'), delivery, found);
  });
}

async function sendSms(house: House, id: string, { attempt, last }: JobInfo): Promise<void> {
  const delivery = await house.db
    .selectFrom('notify_delivery as d')
    .innerJoin('notify_notice as n', 'n.id', 'd.notice_id')
    .select(['d.state', 'd.brand', 'd.contact_id', 'd.phone_code_id', 'd.template', 'd.vars', 'n.locale'])
    .where('d.id', '=', id)
    .executeTakeFirstOrThrow();
  if (delivery.state !== 'queued') return;
  const to = await numberOf(house, delivery);
  if (to === null) return settle(house, id, 'queued', { outcome: 'refused', detail: 'contact-gone' });
  const now = house.clock.now();
  const queryAt = addMinutes(now, ASKED_AFTER_MINUTES[0]!);
  const { brand, locale, template, vars } = delivery;
  try {
    // We may have died after the sender took it; it knows, unless it is slow to write.
    if (attempt > 1 && (await isKnown(house, { id, to, receipt: null, sentAt: now })))
      return await settle(house, id, 'queued', { outcome: 'sent', detail: null, queryAt });
    const sent = await house.ports.sms.send({ id, brand, locale, to, template: template!, vars: vars ?? {} });
    await settle(house, id, 'queued', { outcome: 'sent', detail: null, receipt: sent.receipt, queryAt });
  } catch (error) {
    if (!(error instanceof SmsError)) throw error;
    const refused = last || error.permanent;
    const found: Found = {
      outcome: refused ? 'refused' : 'retry',
      detail: error.message,
      dead: error.numberDead,
    };
    await settle(house, id, 'queued', found);
    if (!refused) throw error;
  }
}

/** Null once it is gone. */
function numberOf(
  { db, sealer }: House,
  to: { contact_id: string | null; phone_code_id: string | null },
): Promise<string | null> {
  return to.phone_code_id
    ? phoneCodeOpen(db, sealer, to.phone_code_id)
    : contactOpen(db, sealer, to.contact_id!);
}

async function isKnown(house: House, asked: { id: string; to: string; receipt: null; sentAt: Date }) {
  return (await house.ports.sms.report(asked)).state !== 'unknown';
}

/** Each that is due is asked for by a job; when it is due again stands in the row before that. */
function reportsDue(house: House, now: Date): Promise<number> {
  return transact(house.db, async (tx) => {
    const due = await tx
      .selectFrom('notify_delivery')
      .select(['id', 'sent_at', 'queries'])
      .where('query_at', '<=', now)
      .orderBy('query_at')
      .limit(BATCH)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { id, sent_at, queries } of due) {
      const next = ASKED_AFTER_MINUTES[queries + 1];
      const query_at = next === undefined ? null : addMinutes(sent_at!, next);
      // Downtime ate the times between: asked once now, and again at the first that is still ahead.
      const ahead = query_at !== null && query_at <= now ? addMinutes(now, 1) : query_at;
      await tx
        .updateTable('notify_delivery')
        .set({ queries: queries + 1, query_at: ahead })
        .where('id', '=', id)
        .execute();
    }
    await enqueueAll(
      tx,
      'notify.report',
      due.map(({ id }) => ({ delivery: id })),
      { maxAttempts: 5 },
    );
    return due.length;
  });
}

async function askReport(house: House, id: string): Promise<void> {
  const delivery = await house.db
    .selectFrom('notify_delivery')
    .select(['state', 'contact_id', 'phone_code_id', 'receipt', 'sent_at', 'query_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (delivery.state !== 'sent') return;
  const to = await numberOf(house, delivery);
  const asked = { id, to: to ?? '', receipt: delivery.receipt, sentAt: delivery.sent_at! };
  const report = to === null ? null : await house.ports.sms.report(asked);
  if (report?.state === 'delivered')
    return settle(house, id, 'sent', { outcome: 'delivered', detail: report.code });
  if (report?.state === 'undelivered')
    return settle(house, id, 'sent', {
      outcome: 'undelivered',
      detail: report.code,
      dead: report.numberDead,
    });
  if (report && delivery.query_at !== null) return;
  // Nobody will say any more; it stays what it is: sent, without a word of its arrival.
  await house.db
    .updateTable('notify_delivery')
    .set({ outcome: 'no-report', query_at: null })
    .where('id', '=', id)
    .where('state', '=', 'sent')
    .execute();
}
