import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerPolicy } from '#modules/arrears/index.ts';
import { movesOf } from '#modules/catalogue/index.ts';
import { faultsAhead } from '#modules/contacts/index.ts';
import { endingsAhead } from '#modules/endings/index.ts';
import { deadlinesAhead } from '#modules/enforcement/index.ts';
import { freezeList } from '#modules/funds/index.ts';
import { filingList } from '#modules/gates/index.ts';
import { policyOn, type Service } from '#modules/lifecycle/index.ts';
import { movesAhead } from '#modules/moves/index.ts';
import { pushesAhead } from '#modules/pushes/index.ts';
import { disagreementOpen } from '#modules/revisions/index.ts';
import {
  acceptanceLatest,
  askedBy,
  clauseShown,
  type Policy,
  policyOf,
  revisionList,
  termsAccepted,
} from '#modules/terms/index.ts';
import { cited, citedAgreed, type Dated } from './course.ts';
import { filingEnds, type Line } from './rules.ts';

const NOTHING = { amount: null, money: null, facts: {} } satisfies Partial<Line>;

interface Asked {
  tx: Tx;
  ctx: Ctx;
  customerId: string;
  services: Service[];
  /** What holds for the customer apart from any service. */
  policy: Policy | null;
}

/** What has a date of its own: deadlines, papers that run out, what was announced. */
export async function datesOf(tx: Tx, ctx: Ctx, customerId: string, services: Service[]): Promise<Dated[]> {
  const policy = await customerPolicy(tx, customerId, ctx.now);
  const asked = { tx, ctx, customerId, services, policy };
  return [
    ...(await termsDates(asked)),
    ...(await contactDates(asked)),
    ...(await fundsDates(asked)),
    ...(await filingDates(asked)),
    ...(await priceDates(asked)),
    ...(await endingDates(asked)),
    ...(await moveDates(asked)),
    ...(await caseDates(asked)),
    ...(await pushDates(asked)),
    ...(await heardDates(asked)),
  ];
}

declare module '#kernel/events.ts' {
  interface Events {
    /** Rooms above say what of theirs has a date: a forecast only reads. */
    'forecast.dates': { customerId: string; answer(date: Dated): void };
  }
}

async function heardDates({ tx, ctx, customerId }: Asked): Promise<Dated[]> {
  const heard: Dated[] = [];
  await ctx.bus.emit(tx, ctx, 'forecast.dates', { customerId, answer: (date) => void heard.push(date) });
  return heard;
}

async function termsDates({ tx, ctx, customerId }: Asked): Promise<Dated[]> {
  const accepted = await acceptanceLatest(tx, customerId);
  if (!accepted) return [];
  const agreed = accepted.parameters.revision ? citedAgreed(accepted, 'revision') : null;
  const coming = (await revisionList(tx, ctx.brand.id)).filter(({ in_force_at }) => in_force_at === null);
  const revisions = coming.map(
    ({ version, effective_at: at }): Dated => ({
      at,
      line: {
        act: 'terms.in-force',
        subject: { kind: 'terms', id: version, label: version },
        cited: agreed,
        // What it asks of this customer: to accept it before it buys again, or nothing but to go on.
        ...{ ...NOTHING, facts: { by: askedBy(accepted.parameters.revision) } },
      },
    }),
  );
  const said = await disagreementOpen(tx, customerId);
  if (!said) return revisions;
  const clause = citedAgreed(await termsAccepted(tx, said.acceptance_id), 'revision');
  const done: Dated = {
    at: said.end_at,
    line: {
      act: 'terms.disagreement-done',
      subject: { kind: 'terms', id: said.id, label: said.version },
      cited: clause,
      ...NOTHING,
    },
    ends: { serviceIds: 'all', by: 'agreement', cited: clause },
  };
  return [...revisions, done];
}

async function contactDates({ tx, ctx, customerId, policy }: Asked): Promise<Dated[]> {
  return (await faultsAhead(tx, ctx.brand.id, customerId)).map(({ kind, correct_by }) => ({
    at: correct_by!,
    line: {
      act: 'contact.overdue',
      subject: { kind: 'customer', id: customerId, label: kind },
      cited: policy && cited(policy, 'contact'),
      ...NOTHING,
    },
    contact: kind,
  }));
}

async function fundsDates({ tx, ctx, customerId }: Asked): Promise<Dated[]> {
  const dates: Dated[] = [];
  for (const freeze of await freezeList(tx, ctx.brand.id, { customerId, state: 'frozen' }))
    dates.push({
      at: freeze.appeal_until,
      line: {
        act: 'funds.held',
        subject: { kind: 'freeze', id: freeze.id, label: '' },
        cited: citedAgreed(await termsAccepted(tx, freeze.acceptance_id), 'fund_freeze'),
        ...{ ...NOTHING, amount: freeze.amount_micro },
      },
    });
  return dates;
}

async function filingDates({ tx, ctx, customerId, policy }: Asked): Promise<Dated[]> {
  const filings = await filingList(tx, ctx.brand.id, { customerId, state: 'approved' });
  return filings.flatMap(({ id, domain, due_at, valid_until }): Dated[] => {
    if (!due_at || !valid_until) return [];
    const ends = filingEnds(valid_until, ctx.brand.zone);
    const line = {
      subject: { kind: 'filing', id, label: domain },
      cited: policy?.parameters.filing ? cited(policy, 'filing') : null,
      ...{ ...NOTHING, facts: { valid_until } },
    };
    const ended = { at: ends, line: { act: 'filing.expired', ...line } };
    return due_at < ends ? [{ at: due_at, line: { act: 'filing.expiring', ...line } }, ended] : [ended];
  });
}

async function priceDates({ tx, ctx, services }: Asked): Promise<Dated[]> {
  const moves = await movesOf(
    tx,
    services.map(({ id }) => id),
  );
  const dates: Dated[] = [];
  for (const { service_id, from_at, from_micro, to_micro } of moves.filter((one) => one.from_at > ctx.now)) {
    const service = services.find(({ id }) => id === service_id)!;
    const policy = await policyOf(tx, policyOn(service), ctx.now);
    dates.push({
      at: from_at,
      line: {
        act: 'service.price-moves',
        subject: { kind: 'service', id: service_id, label: service.label || service_id },
        cited: cited(policy, policy.parameters.price_change ? 'price_change' : 'payment'),
        ...{ amount: to_micro, money: null, facts: { from: String(from_micro) } },
      },
    });
  }
  return dates;
}

async function endingDates({ tx, ctx, services }: Asked): Promise<Dated[]> {
  const endings = await endingsAhead(
    tx,
    services.map(({ id }) => id),
  );
  const dates: Dated[] = [];
  for (const { service_id, end_at: at } of endings) {
    const service = services.find(({ id }) => id === service_id)!;
    const policy = await policyOf(tx, policyOn(service), ctx.now);
    if (!policy.parameters.provider_end) continue;
    const clause = cited(policy, 'provider_end');
    dates.push({ at, line: null, ends: { serviceIds: [service_id], by: 'provider', cited: clause } });
  }
  return dates;
}

async function moveDates({ tx, services, policy }: Asked): Promise<Dated[]> {
  const moves = await movesAhead(
    tx,
    services.map(({ id }) => id),
  );
  return moves.map(({ service_id, from_at, until_at, move_id }) => ({
    at: from_at,
    line: {
      act: 'move.window',
      subject: {
        ...{ kind: 'move', id: move_id },
        label: services.find(({ id }) => id === service_id)?.label || service_id,
      },
      cited: policy?.parameters.migration ? cited(policy, 'migration') : null,
      ...{ ...NOTHING, facts: { until: until_at.toISOString(), service: service_id } },
    },
  }));
}

async function pushDates({ tx, ctx, customerId, services, policy }: Asked): Promise<Dated[]> {
  return (await pushesAhead(tx, ctx, customerId)).map(({ service_id: id, expires_at: at }) => ({
    at,
    line: {
      act: 'push.lapsed',
      subject: { kind: 'service', id, label: services.find((one) => one.id === id)?.label || id },
      cited: policy?.parameters.push ? cited(policy, 'push') : null,
      ...NOTHING,
    },
  }));
}

async function caseDates({ tx, ctx, customerId, policy }: Asked): Promise<Dated[]> {
  const { measures, inquiries } = await deadlinesAhead(tx, ctx.brand.id, customerId);
  const lifted = measures.map(
    ({ id, until, measure, clause_id }): Dated => ({
      at: until!,
      line: {
        act: 'measure.reversed',
        subject: { kind: 'measure', id, label: measure },
        cited: policy && { ...clauseShown(policy.version, clause_id), layer: 'agreement' },
        ...NOTHING,
      },
    }),
  );
  const dates: Dated[] = [];
  for (const { answer_until: at, case_id, service_id: serviceId, acceptance_id: acceptanceId } of inquiries) {
    const holds = await policyOf(tx, { customerId, serviceId, acceptanceId }, ctx.now);
    dates.push({
      at,
      line: {
        act: 'case.unanswered',
        subject: { kind: 'case', id: case_id, label: '' },
        cited: holds.parameters.inquiry ? cited(holds, 'inquiry') : null,
        ...NOTHING,
      },
    });
  }
  return [...lifted, ...dates];
}
