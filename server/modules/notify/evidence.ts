import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Channel } from './channels.ts';
import './tables.ts';

export interface NoticeTry {
  at: Date;
  outcome: string;
  detail: string | null;
}

/** One channel's part in a notice. */
export interface NoticeWay {
  channel: Channel;
  /** As it may be shown; empty for the inbox and the site. */
  address: string;
  /** `untried`: there was no such contact to try. */
  state: 'queued' | 'open' | 'sent' | 'delivered' | 'failed' | 'untried';
  /** Of what it is by now: shown, taken, delivered, read, failed. */
  at: Date | null;
  outcome: string | null;
  tries: NoticeTry[];
  /** By its outcome it counts as told: mail taken and not come back, SMS delivered, reached by staff, read, shown on the site. */
  told: boolean;
}

export interface NoticeEvidence {
  id: string;
  kind: string;
  brand: string;
  customerId: string | null;
  subject: string;
  at: Date;
  ways: NoticeWay[];
  told: boolean;
}

/**
 * What was told and what came of it, for an act that rests on notices: by the ids in an audit entry, of notices and of
 * announcements; in the order of the ids, without those that nobody has.
 */
export async function noticesEvidence(db: Db | Tx, ids: readonly string[]): Promise<NoticeEvidence[]> {
  if (ids.length === 0) return [];
  const among = sql<string>`any(${[...new Set(ids)]}::uuid[])`;
  const notices = await db.selectFrom('notify_notice').selectAll().where('id', '=', among).execute();
  const [tries, deliveries, deliveryTries, announcements] = await Promise.all([
    db.selectFrom('notify_attempt').selectAll().where('notice_id', '=', among).orderBy('number').execute(),
    db.selectFrom('notify_delivery').selectAll().where('notice_id', '=', among).orderBy('id').execute(),
    db
      .selectFrom('notify_delivery_attempt as a')
      .innerJoin('notify_delivery as d', 'd.id', 'a.delivery_id')
      .select(['a.delivery_id', 'a.at', 'a.outcome', 'a.detail'])
      .where('d.notice_id', '=', among)
      .orderBy('a.number')
      .execute(),
    db.selectFrom('notify_announcement').selectAll().where('id', '=', among).execute(),
  ]);
  const found = new Map<string, NoticeEvidence>();
  for (const notice of notices) {
    const mails = tries.filter((each) => each.notice_id === notice.id);
    const mailed = notice.channel === 'email';
    const own = mailed || mails.length > 0 ? [byMail(mailed ? notice : UNMAILED, mails)] : [];
    const inbox = notice.customer_id && !notice.secret ? [inInbox(notice)] : [];
    const others = deliveries
      .filter((each) => each.notice_id === notice.id)
      .map((each) =>
        byOther(
          each,
          deliveryTries.filter(({ delivery_id }) => delivery_id === each.id),
        ),
      );
    const ways = [...own, ...others, ...inbox];
    const { id, kind, brand, customer_id: customerId, subject, created_at: at } = notice;
    found.set(id, { id, kind, brand, customerId, subject, at, ways, told: ways.some(({ told }) => told) });
  }
  for (const each of announcements) {
    const { id, kind, brand, title_zh: subject, posted_at: at } = each;
    const way: NoticeWay = {
      channel: 'site',
      address: '',
      state: 'delivered',
      at: each.from_at,
      outcome: 'shown',
      tries: [],
      told: true,
    };
    found.set(id, { id, kind, brand, customerId: null, subject, at, ways: [way], told: true });
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** A notice that stands in the inbox and was never mailed, though mail was asked for. */
const UNMAILED = { address: '', state: 'untried' as const, sent_at: null };

function byMail(
  notice: { address: string; state: 'queued' | 'sent' | 'failed' | 'untried'; sent_at: Date | null },
  attempts: NoticeTry[],
): NoticeWay {
  const tries = attempts.map(({ at, outcome, detail }) => ({ at, outcome, detail }));
  const last = tries.at(-1);
  return {
    channel: 'email',
    address: notice.address,
    state: notice.state,
    at: notice.sent_at ?? last?.at ?? null,
    outcome: last?.detail ?? last?.outcome ?? null,
    tries,
    told: notice.state === 'sent',
  };
}

function inInbox(notice: { created_at: Date; read_at: Date | null }): NoticeWay {
  const read = notice.read_at !== null;
  return {
    channel: 'in-site',
    address: '',
    state: read ? 'delivered' : 'sent',
    at: notice.read_at ?? notice.created_at,
    outcome: read ? 'read' : 'shown',
    tries: [],
    told: read,
  };
}

function byOther(
  delivery: {
    channel: Channel;
    address: string;
    state: Exclude<NoticeWay['state'], 'untried'>;
    outcome: string | null;
    sent_at: Date | null;
    ended_at: Date | null;
  },
  attempts: NoticeTry[],
): NoticeWay {
  return {
    channel: delivery.channel,
    address: delivery.address,
    state: delivery.outcome === 'no-contact' ? 'untried' : delivery.state,
    at: delivery.ended_at ?? delivery.sent_at,
    outcome: delivery.outcome,
    tries: attempts.map(({ at, outcome, detail }) => ({ at, outcome, detail })),
    told: delivery.state === 'delivered',
  };
}
