import type { FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import { act, customerOf } from '#kernel/http.ts';
import { parseYuan } from '#kernel/money.ts';
import { fromWallClock, naturalDay } from '#kernel/time.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { customerRead } from '#modules/identity/index.ts';
import type { Lent } from '#modules/reach/index.ts';
import { contactLend, contactReturn } from '#modules/reach/index.ts';
import { checkAnswered, checkAsk, checkGiveUp } from './check-ask.ts';
import { consentAsk, consentMayAsk } from './consent-ask.ts';
import type { CompanyRequest, PersonRequest, Verdict } from './driver.ts';
import { type Found, identityFound, type Outcome } from './identity-found.ts';
import { ADULT_AGE, ageOn, ofAgeOn } from './numbers.ts';
import { ruleNow } from './policy-now.ts';
import { usedReview } from './review-enter.ts';
import { type CheckKind, problem } from './rules.ts';
import type { Relation } from './tables.ts';
import './driver.ts';

/** What asks an authority: written down and paid for first, then asked outside any transaction, then written down again. */

export type Answered = { result: 'pass' | 'fail' | 'review'; minor: boolean };

/** The keyed hash by which an identity is known again. */
export function blindOf(
  { sealer }: Pick<House, 'sealer'>,
  kind: 'person' | 'company',
  number: string,
): string {
  return sealer.blind('identity', `${kind}:${number.toUpperCase()}`);
}

export function isMinor(birth: string, now: Date, zone: string): boolean {
  return ageOn(birth, naturalDay(now, zone)) < ADULT_AGE;
}

/** What of a birth date is kept: whether somebody is a minor, and then until when. */
export function ageOf(birth: string, now: Date, zone: string): { minor: boolean; ofAgeAt: Date | null } {
  const minor = isMinor(birth, now, zone);
  return { minor, ofAgeAt: minor ? fromWallClock(ofAgeOn(birth), zone) : null };
}

interface Asked {
  kind: CheckKind;
  method: string;
  again: boolean;
  fee: string | undefined;
}

async function begin(house: House, request: FastifyRequest, asked: Asked): Promise<string> {
  const { customerId } = customerOf(request.ctx);
  const { kind, method, again } = asked;
  const agreedFee = parseYuan(asked.fee ?? '0');
  return act(house, request, (tx, ctx) => checkAsk(tx, ctx, { customerId, kind, method, again, agreedFee }));
}

/** `ask` may take seconds; whatever it throws gives the attempt back. Throws `real-name-unavailable`. */
async function answerOf(
  house: House,
  request: FastifyRequest,
  checkId: string,
  ask: () => Promise<Verdict>,
): Promise<'pass' | 'fail'> {
  const giveUp = () => act(house, request, (tx, ctx) => checkGiveUp(tx, ctx, checkId));
  let verdict: Verdict;
  try {
    verdict = await ask();
  } catch (error) {
    await giveUp();
    throw error;
  }
  if (verdict !== 'unavailable') return verdict;
  await giveUp();
  throw problem['real-name-unavailable']();
}

/** Writes the answer down, and what follows from a pass. The refusals come after: what was found out stays on record. */
async function finish(
  house: House,
  request: FastifyRequest,
  checkId: string,
  result: 'pass' | 'fail',
  found: Found,
): Promise<Outcome | null> {
  return act(house, request, async (tx, ctx) => {
    await checkAnswered(tx, ctx, checkId, result);
    if (result === 'fail') return null;
    const outcome = await identityFound(tx, ctx, found);
    if (outcome === 'review') await usedReview(tx, ctx, found);
    return outcome;
  });
}

async function concluded(
  house: House,
  request: FastifyRequest,
  outcome: Outcome | null,
  minor: boolean,
): Promise<Answered> {
  if (outcome === 'another') throw problem['identity-another']();
  if (outcome === 'used') {
    const { accounts } = await ruleNow(house.db, request.ctx, customerOf(request.ctx).customerId);
    throw problem['identity-used']({ most: accounts.most });
  }
  return { result: outcome === null ? 'fail' : outcome === 'review' ? 'review' : 'pass', minor };
}

export async function personCheck(
  house: House,
  request: FastifyRequest,
  person: PersonRequest & { birth: string },
  asked: { again: boolean; fee: string | undefined },
): Promise<Answered> {
  const { realName } = house.ports;
  const { method } = realName;
  const { ctx } = request;
  const checkId = await begin(house, request, { kind: 'person', method, ...asked });
  const { name, idNumber, birth } = person;
  const result = await answerOf(house, request, checkId, () => realName.check({ name, idNumber }));
  const age = ageOf(birth, ctx.now, ctx.brand.zone);
  const { customerId } = customerOf(ctx);
  const blind = blindOf(house, 'person', idNumber);
  const found: Found = { customerId, kind: 'person', method, blind, ...age };
  return concluded(house, request, await finish(house, request, checkId, result, found), age.minor);
}

export async function companyCheck(
  house: House,
  request: FastifyRequest,
  company: CompanyRequest,
  asked: { again: boolean; fee: string | undefined },
): Promise<Answered> {
  const { realName } = house.ports;
  const method = realName.companyMethod;
  const checkId = await begin(house, request, { kind: 'company', method, ...asked });
  const result = await answerOf(house, request, checkId, () => realName.checkCompany(company));
  const { customerId } = customerOf(request.ctx);
  const blind = blindOf(house, 'company', company.creditCode);
  const found: Found = { customerId, kind: 'company', method, blind, minor: false, ofAgeAt: null };
  return concluded(house, request, await finish(house, request, checkId, result, found), false);
}

export interface GuardianRequest {
  minor: PersonRequest & { birth: string };
  guardian: PersonRequest;
  relation: Relation;
  /** Eleven digits. */
  phone: string;
  fee: string | undefined;
}

/** Both are checked in one attempt; when both pass, a code goes to the guardian's phone. Null: one of them failed. Throws `consent-phone`. */
export async function guardianCheck(
  house: House,
  request: FastifyRequest,
  given: GuardianRequest,
): Promise<{ id: string; phone: string } | null> {
  const { realName, throttles } = house.ports;
  const { method } = realName;
  const { customerId } = customerOf(request.ctx);
  await throttles.visitor.spend(`phone:${visitorOf(request.ip)}`);
  const { checkId, lent } = await act(house, request, async (tx, ctx) => {
    await consentMayAsk(tx, customerId);
    const agreedFee = parseYuan(given.fee ?? '0');
    const asked = { customerId, kind: 'guardian' as const, method, again: true, agreedFee };
    const checkId = await checkAsk(tx, ctx, asked);
    const { user_id: userId, locale } = await customerRead(tx, customerId);
    const lent = await contactLend(tx, ctx, house.sealer, { customerId, userId, locale }, given.phone);
    if (!lent) throw problem['consent-phone']({}, { errors: [{ field: 'phone', message: 'own' }] });
    return { checkId, lent };
  });
  const both = async (): Promise<Verdict> => {
    const first = await realName.check(given.minor);
    return first === 'pass' ? realName.check(given.guardian) : first;
  };
  let result: 'pass' | 'fail';
  try {
    result = await answerOf(house, request, checkId, both);
  } catch (error) {
    await act(house, request, (tx, ctx) => contactReturn(tx, ctx, lent.contactId));
    throw error;
  }
  return guardianAnswered(house, request, { given, checkId, result, lent, method });
}

async function guardianAnswered(
  house: House,
  request: FastifyRequest,
  to: { given: GuardianRequest; checkId: string; result: 'pass' | 'fail'; lent: Lent; method: string },
): Promise<{ id: string; phone: string } | null> {
  const { given, lent, method } = to;
  const { now, brand } = request.ctx;
  const { customerId } = customerOf(request.ctx);
  const blind = blindOf(house, 'person', given.minor.idNumber);
  const { ofAgeAt } = ageOf(given.minor.birth, now, brand.zone);
  const found: Found = { customerId, kind: 'person', method, blind, minor: true, ofAgeAt };
  const outcome = await finish(house, request, to.checkId, to.result, found);
  if (outcome !== 'verified') {
    await act(house, request, (tx, ctx) => contactReturn(tx, ctx, lent.contactId));
    const { result } = await concluded(house, request, outcome, true);
    if (result === 'review') throw problem['review-open']();
    return null;
  }
  const names = { minor: given.minor.name, guardian: given.guardian.name };
  const id = await act(house, request, (tx, ctx) =>
    consentAsk(tx, ctx, house.sealer, { customerId, relation: given.relation, method, names, lent }),
  );
  return { id, phone: lent.shown };
}
