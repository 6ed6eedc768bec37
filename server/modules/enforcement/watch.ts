import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { addMinutes } from '#kernel/time.ts';
import { instancesBusy, type Sampled, samplesOf } from '#modules/compute/index.ts';
import { policyOn, serviceInBrand } from '#modules/lifecycle/index.ts';
import { type Policy, policyOf, type Trace, termsCurrent } from '#modules/terms/index.ts';
import { caseOpen } from './case-open.ts';
import { measureCarry } from './measure-place.ts';
import { busySince, categoryOfTrace } from './rules.ts';
import './tables.ts';

/** Use of one kind that the terms look at, above which part, for how long. */
interface Watched {
  kind: 'throttle' | Trace;
  trace: Trace;
  percent: number;
  minutes: number;
  found: (tx: Tx, ctx: Ctx, hit: Hit) => Promise<void>;
}

interface Hit {
  machine: Sampled;
  policy: Policy;
  since: Date;
  percent: number;
}

/**
 * Looks at what machines used: above the figures of 4.1 their processors are throttled for a while, above those of
 * 3.2-detect a case is opened with what was measured. The version that holds says whom to look at, and what each
 * customer agreed to, which may be an older one, whether it was too much and for long enough.
 */
export async function machinesWatch(house: House, now: Date): Promise<void> {
  for (const { id: brand } of house.brands.all) {
    const { parameters } = (await termsCurrent(house.db, brand, now)).document;
    for (const watched of watchedBy(parameters)) await watch(house, brand, now, watched);
  }
}

function watchedBy({ throttle, watch }: Policy['parameters']): Watched[] {
  const list: Watched[] = [];
  if (throttle) {
    const { cpu_percent: percent, minutes } = throttle;
    list.push({ kind: 'throttle', trace: 'cpu', percent, minutes, found: throttled });
  }
  for (const trace of ['cpu', 'upload'] as const) {
    const figures = watch?.[trace];
    if (figures)
      list.push({ kind: trace, trace, ...figures, found: (tx, ctx, hit) => traced(tx, ctx, trace, hit) });
  }
  return list;
}

async function watch(house: House, brand: string, now: Date, watched: Watched): Promise<void> {
  const { trace: of, kind } = watched;
  const busy = await instancesBusy(house.db, {
    ...{ brand, now, of, since: addMinutes(now, -watched.minutes), part: watched.percent / 100 },
  });
  for (const machine of busy) {
    await transact(house.db, async (tx) => {
      const ctx = { ...systemCtx(house, brand, 'enforcement.watch'), now };
      const service = await serviceInBrand(tx, ctx, machine.serviceId);
      if (!service) return;
      const policy = await policyOf(tx, policyOn(service), now);
      const agreed = watchedBy(policy.parameters).find((own) => own.kind === kind);
      if (!agreed) return;
      const enough = addMinutes(now, -agreed.minutes);
      const since = await usedSince(tx, machine, agreed, addMinutes(enough, -5));
      if (since && since <= enough)
        await agreed.found(tx, ctx, { machine, policy, since, percent: agreed.percent });
    });
  }
}

async function usedSince(
  db: Db | Tx,
  machine: Sampled,
  { trace, percent }: Watched,
  from: Date,
): Promise<Date | null> {
  const samples = await samplesOf(db, machine.serviceId, from);
  if (trace === 'cpu') {
    const counted = samples.map(({ at, cpu_ns }) => ({ at, counter: cpu_ns }));
    return busySince(counted, 1e6 * machine.cpus, percent);
  }
  const counted = samples.map(({ at, sent_bytes }) => ({ at, counter: sent_bytes }));
  return busySince(counted, Number(machine.bandwidthBps) / 8_000, percent);
}

/** 4.1: for a while the machine has less of its processors. Once while it stands. */
async function throttled(tx: Tx, ctx: Ctx, { machine, policy, since }: Hit): Promise<void> {
  const agreed = policy.parameters.throttle!;
  const { serviceId, customerId } = machine;
  const clause = policy.clauseOf('throttle');
  const row = await tx
    .insertInto('enforcement_measure')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      case_id: null,
      customer_id: customerId,
      service_id: serviceId,
      measure: 'throttle',
      details: JSON.stringify({ cpus: (machine.cpus * (agreed.left_percent ?? 50)) / 100 }),
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      reason: `CPU > ${agreed.cpu_percent} % ≥ ${agreed.minutes} min`,
      state: 'asked',
      asked_by: null,
      asked_at: ctx.now,
      placed_at: null,
      ref_id: null,
      until: addMinutes(ctx.now, (agreed.hours ?? 1) * 60),
      reversed_at: null,
      reversal_reason: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row)
    await measureCarry(tx, ctx, row, { since: since.toISOString(), above_percent: agreed.cpu_percent });
}

/** 3.2-detect: a case with what was measured. Staff decide; nothing is done by itself. */
async function traced(
  tx: Tx,
  ctx: Ctx,
  trace: Trace,
  { machine, policy, since, percent }: Hit,
): Promise<void> {
  const category = categoryOfTrace(policy.parameters.enforcement, trace);
  if (!category) return;
  const facts = { trace, above_percent: percent, since: since.toISOString(), until: ctx.now.toISOString() };
  await caseOpen(tx, ctx, {
    customerId: machine.customerId,
    serviceId: machine.serviceId,
    origin: 'trace',
    category: category.id,
    summary: `${category.name.zh} / ${category.name.en}`,
    evidence: [{ kind: 'measurement', text: null, facts }],
  });
}
