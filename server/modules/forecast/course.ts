import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { Account, Freeze } from '#modules/arrears/index.ts';
import type { Bill } from '#modules/bills/index.ts';
import type { Debt } from '#modules/debts/index.ts';
import type { Service } from '#modules/lifecycle/index.ts';
import {
  type AcceptedTerms,
  acceptedThen,
  clauseShown,
  type Parameters,
  type Policy,
  policyOf,
  policyShown,
} from '#modules/terms/index.ts';
import type { Cited, GiftLeft, Line, Rate } from './rules.ts';

/** A service as it will be. */
export interface ServiceCopy extends Service {
  /** Of the period that runs: reminders that were sent or missed. */
  reminded: Set<number>;
  /** Periods that are paid on the way. */
  paid: { from: Date; to: Date; net: Micro; tax: Micro }[];
}

/** What is left of it, not what it began with. */
export interface DebtCopy
  extends Pick<Debt, 'acceptance_id' | 'fee_ppm' | 'fee_rest_ppm' | 'fee_due_at' | 'settle_from'> {
  /** Null: it comes to be on the way. */
  id: string | null;
  label: string;
  principal: Micro;
  fee: Micro;
  estimated: boolean;
}

export interface BillCopy
  extends Pick<
    Bill,
    'service_id' | 'acceptance_id' | 'due_at' | 'remind_at' | 'reminded' | 'end_at' | 'ended_at'
  > {
  id: string | null;
  number: string | null;
  state: 'open' | 'overdue' | 'paid';
  debt: DebtCopy;
}

export interface FreezeCopy
  extends Pick<Freeze, 'acceptance_id' | 'frozen_at' | 'end_at' | 'remind_at' | 'reminded' | 'erase_at'> {
  ended: boolean;
}

export interface AccountCopy extends Pick<Account, 'state' | 'check_at'> {
  warned: boolean;
  freeze: FreezeCopy | null;
  rate: Rate;
  /** Used by `since` and not charged; it grows from there at the rate. */
  used: Micro;
  since: Date;
  /** When what was used is charged next; null: nothing is. */
  charge_at: Date | null;
  /** Nothing is used from then on. */
  closed_at: Date | null;
  product: string;
}

/** Something with a time of its own, which nothing that happens before it changes. */
export interface Dated {
  at: Date;
  /** Null: only what ends then is told. */
  line: Omit<Line, 'at' | 'estimated'> | null;
  /** A service that ends then, by this clause. */
  ends?: { serviceIds: readonly string[] | 'all'; by: 'provider' | 'agreement'; cited: Cited };
  /** A contact of this kind that nobody corrected by then. */
  contact?: string;
}

/** A customer on its way through the days ahead; only this copy changes. */
export interface Course {
  tx: Tx;
  ctx: Ctx;
  customerId: string;
  zone: string;
  until: Date;
  /** Everything is kept: whatever is needed is paid at the last instant that is in time, and noted in `takings`. */
  keeping: boolean;
  takings: { at: Date; amount: Micro }[];
  cash: Micro;
  gifts: GiftLeft[];
  services: ServiceCopy[];
  debts: DebtCopy[];
  bills: BillCopy[];
  /** How much may be unpaid on bills; null: none are issued. */
  credit: Micro | null;
  /** It may not renew. */
  restricted: boolean;
  coupons: Map<string, { inAll: number | null; own: number | null }>;
  account: AccountCopy | null;
  dates: Dated[];
  lines: Line[];
}

export function policyAt(course: Course, service: ServiceCopy, at: Date): Promise<Policy> {
  const { id: serviceId, acceptance_id: acceptanceId } = service;
  return policyOf(course.tx, { customerId: course.customerId, serviceId, acceptanceId }, at);
}

/** What held for it at an instant, under what its customer had accepted by then. */
export async function policyThen(course: Course, service: ServiceCopy, at: Date): Promise<Policy> {
  const { id: serviceId, acceptance_id: acceptanceId } = service;
  const of = { customerId: course.customerId, serviceId, acceptanceId, at };
  const [then] = await acceptedThen(course.tx, [of]);
  return policyOf(course.tx, then!, at);
}

export function cited(policy: Policy, parameter: keyof Parameters): Cited {
  return { ...policyShown(policy, parameter), layer: policy.sourceOf(parameter).layer };
}

/** A clause that a figure names within itself. */
export function citedNamed(policy: Policy, parameter: keyof Parameters, clause: string): Cited {
  return { ...clauseShown(policy.version, clause), layer: policy.sourceOf(parameter).layer };
}

/** Of what was accepted, apart from what is said beside it. */
export function citedAgreed(terms: AcceptedTerms, parameter: keyof Parameters): Cited {
  return { ...clauseShown(terms.version, terms.clauseOf(parameter).clause), layer: 'agreement' };
}

export function say(
  course: Course,
  line: Pick<Line, 'at' | 'act' | 'subject' | 'cited'> & Partial<Line>,
): void {
  course.lines.push({ amount: null, money: null, facts: {}, estimated: false, ...line });
}

export function subjectOf({ id, label }: ServiceCopy): Line['subject'] {
  return { kind: 'service', id, label: label || id };
}

/** Gifts that haven't ended by then. */
export function giftsAt(course: Course, at: Date): GiftLeft[] {
  return course.gifts.filter(({ left, expiresAt }) => left > 0n && expiresAt > at);
}

/** Money leaves the balance: an account that pays by use is looked at anew. */
export function lookSoon({ account }: Course, at: Date): void {
  if (account && account.state !== 'ended') account.check_at = at;
}
