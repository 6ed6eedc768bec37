/** By which channels a kind of notice goes: pure decisions over the parameters of the customer's terms. */
import type { NoticeKind } from '#modules/wording/index.ts';

export type Channel = 'site' | 'in-site' | 'email' | 'sms' | 'phone' | 'qq' | 'wechat';

/** Told by a person of the staff, who says what came of it. */
export const BY_STAFF = ['phone', 'qq', 'wechat'] as const;
export type StaffChannel = (typeof BY_STAFF)[number];

type Asks = { clause: string; channels?: readonly Channel[] | undefined } | undefined;

/** What of the terms' parameters says how somebody is told; `Parameters` of the terms room is one. */
export interface NoticeTerms {
  /** The ways that the terms name for whatever must be told. */
  notices?: Asks;
  reminders?: Asks;
  fund_freeze?: Asks;
  provider_end?: Asks;
  price_change?: Asks;
  revision?: Asks;
}

/** Kinds that have a clause of their own for how they are told; all others go by `notices`. */
const ASKED_BY: Partial<Record<NoticeKind, keyof NoticeTerms>> = {
  'service-reminder': 'reminders',
  'service-reminder-kept': 'reminders',
  'service-reminder-ends': 'reminders',
  'service-ending': 'provider_end',
  'funds-frozen': 'fund_freeze',
  'price-change': 'price_change',
};

/**
 * Kinds that no terms ask for, by what they are about: these can be switched off, and go by mail, and by SMS to who asks
 * for it. Whatever isn't here is told whether it is wanted or not.
 */
export const TOPICS = {
  services: ['service-ready', 'service-restored', 'service-renewed'],
  payments: ['payment-received', 'refund-done', 'withdrawal-paid', 'bank-account-verified'],
  usage: ['budget-alert'],
  papers: ['invoice-issued', 'credit-note-issued', 'tax-invoice-issued', 'contract-sealed'],
  /** What is offered; room privacy sends it to nobody who hasn't agreed. */
  offers: ['offer'],
} as const satisfies Record<string, readonly NoticeKind[]>;
export type Topic = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as [Topic, ...Topic[]];

const TOPIC_OF = new Map<NoticeKind, Topic>(
  TOPIC_NAMES.flatMap((topic) => TOPICS[topic].map((kind): [NoticeKind, Topic] => [kind, topic])),
);

/** Null: it can't be switched off. */
export function topicOf(kind: NoticeKind): Topic | null {
  return TOPIC_OF.get(kind) ?? null;
}

export interface Ways {
  email: boolean;
  sms: boolean;
  /** For all to see on the site, naming nobody. */
  site: boolean;
  /** What staff do when neither mail nor SMS got through, in this order. */
  otherwise: StaffChannel[];
}

/** Who has no mailbox gets by SMS what would have gone by mail; what no terms ask for stands in the inbox alone. */
export function withoutMailbox(kind: NoticeKind, ways: Ways): Ways {
  return { ...ways, email: false, sms: ways.sms || (ways.email && topicOf(kind) === null) };
}

/** Whatever is told to a customer also stands in the inbox. Without terms, or terms that name no way: by mail. */
export function waysOf(kind: NoticeKind, terms: NoticeTerms | null): Ways {
  const asks = terms && (ASKED_BY[kind] ? terms[ASKED_BY[kind]] : undefined);
  const channels = topicOf(kind) ? undefined : (asks?.channels ?? terms?.notices?.channels);
  const named = new Set<Channel>(channels ?? ['email']);
  return {
    email: named.has('email'),
    sms: named.has('sms'),
    site: named.has('site'),
    otherwise: BY_STAFF.filter((channel) => named.has(channel)),
  };
}

/** What the terms ask to be told, by clause: the ways, and which kinds have a clause of their own. */
export function requiredBy(
  terms: NoticeTerms | null,
): { clause: string; channels: string[]; kinds: string[] }[] {
  const parameters = new Set<keyof NoticeTerms>(['notices', ...Object.values(ASKED_BY)]);
  return [...parameters].flatMap((parameter) => {
    const asks = terms?.[parameter];
    const kinds = Object.entries(ASKED_BY).flatMap(([kind, by]) => (by === parameter ? [kind] : []));
    return asks?.channels ? [{ clause: asks.clause, channels: [...asks.channels], kinds }] : [];
  });
}
