import type { Micro } from '#kernel/money.ts';
import { type Problem, problems } from '#kernel/problem.ts';
import { addDays, fromWallClock } from '#kernel/time.ts';
import type { Parameters } from '#modules/terms/index.ts';

/** What a customer may or may not do, by its terms and by what is known of it. */

export const problem = problems({
  'account-banned': {
    status: 403,
    title: { zh: '账户已被封禁', en: 'This account is banned' },
    remedy: {
      zh: '原因：{reason}。如有异议，请申诉或联系客服；封禁解除后即可操作。',
      en: 'Why: {reason}. Appeal or write to support; it opens when the ban is lifted.',
    },
  },
  'act-restricted': {
    status: 403,
    title: { zh: '“{act}”已被限制', en: 'Restricted: {act}' },
    remedy: {
      zh: '原因：{reason}。请按通知处理，或联系客服；限制解除后即可操作。',
      en: 'Why: {reason}. Do what the notice asks for, or write to support; it opens when the restriction is lifted.',
    },
  },
  'contact-invalid': {
    status: 403,
    title: { zh: '联系方式已失效：{kinds}', en: 'Reaches nobody: {kinds}' },
    remedy: { zh: '请更正并验证联系方式。', en: 'Correct it and verify it.' },
  },
  'filing-needed': {
    status: 403,
    title: { zh: '网站开放前需要：{kinds}', en: 'Before the site opens it needs: {kinds}' },
    remedy: {
      zh: '请在“备案与许可”中登记{domain}的备案或许可，审核通过后即可开放。',
      en: 'Enter the filing or permit of {domain} under “Filings and permits”; it opens once we have looked at it.',
    },
  },
  'money-frozen': {
    status: 403,
    title: { zh: '资金已被冻结', en: 'The money of this account is frozen' },
    remedy: {
      zh: '请在“提现”中查看并申诉；解冻后即可操作。',
      en: 'See the freeze and appeal; it opens when the money is free again.',
    },
  },
  'act-not-offered': {
    status: 403,
    title: { zh: '您接受的条款不提供“{act}”', en: 'The terms that you accepted don’t offer {act}' },
    remedy: { zh: '如有需要，请联系客服。', en: 'Write to support if you need it.' },
  },
  'push-owing': {
    status: 403,
    title: { zh: '账户有欠款 {owed} 元，不能过户', en: 'CNY {owed} is owed; nothing can be pushed' },
    remedy: { zh: '请先结清欠款。', en: 'Settle it first.' },
  },
  'restriction-not-agreed': {
    status: 409,
    title: {
      zh: '该客户的条款没有限制账户功能的约定',
      en: 'The terms of this customer know no restriction of what an account may do',
    },
    remedy: { zh: '请改用条款允许的措施。', en: 'Use a measure that they allow.' },
  },
  'restriction-of-case': {
    status: 409,
    title: { zh: '这项限制属于一个案件', en: 'This restriction belongs to a case' },
    remedy: { zh: '请在案件中解除这项措施。', en: 'Lift the measure in its case.' },
  },
  'restriction-over': {
    status: 409,
    title: { zh: '这项限制已经解除', en: 'This restriction is lifted already' },
    remedy: { zh: '请刷新。', en: 'Reload.' },
  },
  'filing-not-in-terms': {
    status: 409,
    title: { zh: '条款不要求这种备案或许可', en: 'The terms ask for no filing of this kind' },
    remedy: { zh: '可登记：{kinds}。', en: 'They ask for: {kinds}.' },
  },
  'filing-there': {
    status: 409,
    title: { zh: '这个域名的同类备案已登记', en: 'A filing of this kind and domain is on record' },
    remedy: { zh: '如有变更，请先撤下原来的一条。', en: 'Withdraw the other one first.' },
  },
  'filing-over': {
    status: 409,
    title: { zh: '这条备案已经处理', en: 'This filing has been dealt with' },
    remedy: { zh: '请刷新查看它的当前状态。', en: 'Reload and look at its state.' },
  },
  'filing-form': {
    status: 422,
    title: { zh: '备案号或域名格式不正确', en: 'This number or domain is not well formed' },
    remedy: {
      zh: '备案号如 京ICP备12345678号 或 京ICP备2026000001号-1，许可证如 京ICP证030173号、京B2-20260001；域名如 example.com。',
      en: 'Copy the number as the ministry writes it, with the character of the province in front (ICP filing or licence), and a domain such as example.com.',
    },
  },
  'filing-expired': {
    status: 422,
    title: { zh: '有效期已过', en: 'It has run out already' },
    remedy: { zh: '请填写仍在有效期内的备案。', en: 'Enter one that is still valid.' },
  },
});

export const ACTS = [
  'buy',
  'mainland',
  'renew',
  'website',
  'withdraw',
  'push',
  'top-up',
  'tax-invoice',
  'contract',
] as const;
export type Act = (typeof ACTS)[number];

/** What may be restricted: each act on its own, or (`everything`) the account is banned. */
export const GATE_ACTS = [...ACTS, 'everything'] as const;
export type GateAct = (typeof GATE_ACTS)[number];

export type FilingKind = NonNullable<Parameters['filing']>['kinds'][number];
export type FilingState = 'waiting' | 'approved' | 'refused' | 'expired' | 'withdrawn' | 'revoked';

export interface Restriction {
  id: string;
  acts: readonly GateAct[];
  reason: string;
}

/** All that the answer depends on. */
export interface Facts {
  /** The figures that hold: those of the customer, or (nothing accepted yet) those that it would accept. */
  parameters: Parameters;
  /** It has confirmed the version that holds. */
  accepted: boolean;
  /** It disagrees with a revision: when its services end. */
  endsAt: Date | null;
  emailVerified: boolean;
  phoneVerified: boolean;
  /** Kinds of contact that were found to reach nobody. */
  contactsInvalid: readonly string[];
  minor: boolean;
  guardianConsent: boolean;
  realNamePassed: boolean;
  /** In force; `everything` among them is a ban. */
  restrictions: readonly Restriction[];
  /** All of its money is frozen, for now or for long. */
  moneyFrozen: boolean;
  /** What is owed. */
  owed: Micro;
  /** With what a room above holds purchases back: the account is frozen over arrears, or its agreement has ended. */
  withheld: Problem | null;
  /** Approved and not run out. */
  filings: readonly { kind: FilingKind; domain: string }[];
}

/** For `website`: whose, and what it does. Without a domain: whether any site of the customer may be opened. */
export interface Site {
  domain: string | null;
  /** What the site needs by its type; an ICP filing where nothing is said. */
  kinds: readonly FilingKind[];
}

export type Cause =
  | { code: 'banned'; restriction: Restriction }
  | { code: 'restricted'; restriction: Restriction }
  | { code: 'email-needed' }
  | { code: 'contact-invalid'; kinds: readonly string[] }
  | { code: 'disagreement-open'; endsAt: Date }
  | { code: 'terms-not-accepted' }
  | { code: 'guardian-consent-needed' }
  | { code: 'real-name-needed' }
  | { code: 'filing-needed'; kinds: readonly FilingKind[]; domain: string | null }
  | { code: 'not-in-terms' }
  | { code: 'money-frozen' }
  | { code: 'withheld'; problem: Problem }
  | { code: 'owing'; owed: Micro };

/** By which figure of the agreement an act isn't offered, where it has such a one. */
const REFUSED_BY: Partial<Record<Act, keyof Parameters>> = { withdraw: 'refund', push: 'resale' };

/** By which figure of the terms a cause shuts; others bring their own. */
export function parameterOf({ code }: Cause, act: Act): keyof Parameters | null {
  if (code === 'email-needed' || code === 'contact-invalid') return 'contact';
  if (code === 'terms-not-accepted') return 'acceptance';
  if (code === 'disagreement-open') return 'revision';
  if (code === 'guardian-consent-needed') return 'minors';
  if (code === 'real-name-needed') return 'real_name';
  if (code === 'filing-needed') return 'filing';
  if (code === 'money-frozen') return 'fund_freeze';
  if (code === 'withheld') return null;
  if (code === 'not-in-terms') return REFUSED_BY[act] ?? null;
  return code === 'owing' ? 'payment' : null;
}

/** The first that shuts the gate; null: it stands open. A gate that the terms don't have stands open. */
export function decide(act: Act, facts: Facts, site: Site = { domain: null, kinds: [] }): Cause | null {
  return restrained(act, facts) ?? GATES[act](facts, site);
}

type Gate = (facts: Facts, site: Site) => Cause | null;

const GATES: Record<Act, Gate> = {
  buy: bindable,
  mainland({ parameters, realNamePassed }) {
    return parameters.real_name && !realNamePassed ? { code: 'real-name-needed' } : null;
  },
  /** Who has a service keeps it: restrictions alone shut this, and disagreeing with the terms. */
  renew: ({ endsAt }) => (endsAt ? { code: 'disagreement-open', endsAt } : null),
  website: filed,
  withdraw({ parameters, moneyFrozen, owed }) {
    return offered(parameters.withdrawal !== undefined) ?? unencumbered({ moneyFrozen, owed });
  },
  /** Who gives a service and who takes it: neither with money frozen or owed. */
  push: (facts) => offered(facts.parameters.push !== undefined) ?? bindable(facts) ?? unencumbered(facts),
  'top-up': () => null,
  'tax-invoice': ({ parameters }) => offered(parameters.documents?.kinds.includes('tax-invoice')),
  contract: ({ parameters }) => offered(parameters.documents?.kinds.includes('contract')),
};

function bindable(facts: Facts): Cause | null {
  const { withheld } = facts;
  return reachable(facts) ?? bound(facts) ?? (withheld && { code: 'withheld', problem: withheld });
}

function unencumbered({ moneyFrozen, owed }: Pick<Facts, 'moneyFrozen' | 'owed'>): Cause | null {
  if (moneyFrozen) return { code: 'money-frozen' };
  return owed > 0n ? { code: 'owing', owed } : null;
}

/** Papers about what was paid are owed to somebody who is banned too; so is its money, where its terms leave it that. */
function restrained(act: Act, { restrictions, parameters }: Facts): Cause | null {
  const own = restrictions.find(({ acts }) => acts.includes(act));
  if (own) return { code: 'restricted', restriction: own };
  const ban = restrictions.find(({ acts }) => acts.includes('everything'));
  if (!ban || act === 'tax-invoice' || act === 'contract') return null;
  const measure = parameters.enforcement?.measures.find(({ measure }) => measure === 'ban');
  if (act === 'withdraw' && measure?.balance === 'own') return null;
  return { code: 'banned', restriction: ban };
}

function reachable({ parameters, emailVerified, phoneVerified, contactsInvalid }: Facts): Cause | null {
  const byPhone = parameters.contact.need === 'verified-contact' && phoneVerified;
  if (!emailVerified && !byPhone) return { code: 'email-needed' };
  const needed: readonly string[] = parameters.contact.stay_valid ?? ['email'];
  const kinds = contactsInvalid.filter((kind) => needed.includes(kind));
  return kinds.length > 0 ? { code: 'contact-invalid', kinds } : null;
}

function bound({ endsAt, accepted, parameters, minor, guardianConsent }: Facts): Cause | null {
  if (endsAt) return { code: 'disagreement-open', endsAt };
  if (!accepted) return { code: 'terms-not-accepted' };
  return parameters.minors && minor && !guardianConsent ? { code: 'guardian-consent-needed' } : null;
}

/** Each kind that the site needs, for its domain or one above it; an ICP licence is a filing and more. */
function filed({ parameters, filings }: Facts, { domain, kinds }: Site): Cause | null {
  const { filing } = parameters;
  if (!filing) return null;
  const asked = kinds.length > 0 ? kinds : (['icp-filing'] as const);
  const needed = asked.filter((kind) => filing.kinds.includes(kind));
  const there = (kind: FilingKind) =>
    filings.some(
      (one) =>
        (one.kind === kind || (kind === 'icp-filing' && one.kind === 'icp-licence')) &&
        (domain === null || domain === one.domain || domain.endsWith(`.${one.domain}`)),
    );
  const missing = needed.filter((kind) => !there(kind));
  return missing.length > 0 ? { code: 'filing-needed', kinds: missing, domain } : null;
}

function offered(isOffered: boolean | undefined): Cause | null {
  return isOffered ? null : { code: 'not-in-terms' };
}

const PROVINCES = '京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇陕陇甘青宁新蒙藏';

/** As the ministry writes them: a filing of a subject or (-1) of one of its sites; a licence, of either kind. */
const NUMBERS: Partial<Record<FilingKind, RegExp>> = {
  'icp-filing': new RegExp(`^[${PROVINCES}]ICP备\\d{8}(\\d{2})?号(-\\d{1,4})?$`),
  'icp-licence': new RegExp(`^([${PROVINCES}]ICP证\\d{6,10}号?|([${PROVINCES}]|合字)[AB][12]-\\d{8})$`),
};

/** The number as it is written, without what people put between; null when none of this kind looks so. */
export function filingNumber(kind: FilingKind, text: string): string | null {
  const number = text.normalize('NFKC').replace(/\s/g, '').replace(/icp/i, 'ICP');
  return (NUMBERS[kind] ?? /^.{4,60}$/u).test(number) ? number : null;
}

/** A filing that runs out is told of so many natural days before. */
export const WARN_DAYS = 30;

/** The first instant at which a filing that is valid until this day doesn't count any more. */
export function filingEnds(validUntil: string, zone: string): Date {
  return addDays(fromWallClock(validUntil, zone)!, 1, zone);
}

export function filingWarns(validUntil: string, zone: string): Date {
  return addDays(filingEnds(validUntil, zone), -WARN_DAYS, zone);
}
