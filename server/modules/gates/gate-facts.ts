import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Problem } from '#kernel/problem.ts';
import { moneyFrozen } from '#modules/funds/index.ts';
import { type Customer, customerRead } from '#modules/identity/index.ts';
import { balances } from '#modules/ledger/index.ts';
import { contactsOf } from '#modules/reach/index.ts';
import { disagreementOpen } from '#modules/revisions/index.ts';
import {
  type AcceptedTerms,
  acceptanceLatest,
  confirmed,
  type Policy,
  policyOf,
  type TermsVersion,
  termsCurrent,
} from '#modules/terms/index.ts';
import { filingsInForce } from './filing-read.ts';
import { restrictionsInForce } from './restriction-read.ts';
import type { Facts } from './rules.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Somebody is about to buy, or wants to know whether they may: a room above says with what it holds that back. */
    'buying.asked': { customerId: string; refuse(problem: Problem): void };
  }
}

export interface Standing {
  facts: Facts;
  /** What holds for the customer; null before it accepted anything. */
  policy: Policy | null;
  /** The version that it would accept. */
  current: TermsVersion;
  /** Under which it may buy: null until it has confirmed the version that holds. */
  accepted: AcceptedTerms | null;
  customer: Customer;
}

/** All that the gates of a customer depend on, as it stands now. */
export async function standingOf(db: Tx, ctx: Ctx, customerId: string): Promise<Standing> {
  const customer = await customerRead(db, customerId);
  const current = await termsCurrent(db, ctx.brand.id, ctx.now);
  const latest = await acceptanceLatest(db, customerId);
  const policy = latest
    ? await policyOf(db, { customerId, serviceId: null, acceptanceId: latest.acceptanceId }, ctx.now)
    : null;
  const isCurrent = latest?.version.id === current.id && (await confirmed(db, customerId, current));
  const contacts = await contactsOf(db, [customerId]);
  const disagreement = await disagreementOpen(db, customerId);
  const { receivable } = await balances(db, ctx.brand.id, customerId);
  return {
    customer,
    policy,
    current,
    accepted: isCurrent ? policy : null,
    facts: {
      parameters: policy?.parameters ?? current.document.parameters,
      accepted: isCurrent,
      emailVerified: customer.email_verified_at !== null,
      phoneVerified: customer.phone_shown !== null,
      contactsInvalid: contacts.filter((one) => one.invalid_at !== null).map(({ kind }) => kind),
      endsAt: disagreement?.end_at ?? null,
      minor: customer.minor,
      guardianConsent: customer.guardian_consent_at !== null,
      realNamePassed: customer.real_name_passed_at !== null,
      restrictions: await restrictionsInForce(db, ctx, customerId),
      moneyFrozen: await moneyFrozen(db, ctx.brand.id, customerId),
      owed: receivable < 0n ? -receivable : 0n,
      withheld: await withheldBy(db, ctx, customerId),
      filings: await filingsInForce(db, ctx, customerId),
    },
  };
}

/** The first refusal of a room above; null: none holds purchases back. */
async function withheldBy(tx: Tx, ctx: Ctx, customerId: string): Promise<Problem | null> {
  const refusals: Problem[] = [];
  await ctx.bus.emit(tx, ctx, 'buying.asked', {
    customerId,
    refuse: (problem) => void refusals.push(problem),
  });
  return refusals[0] ?? null;
}
