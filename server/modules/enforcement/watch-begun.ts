import { sql } from 'kysely';
import type { Watched } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { type Began, instancesBegan } from '#modules/compute/index.ts';
import { policyOn, serviceInBrand, serviceLock } from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { caseOpen } from './case-open.ts';
import { categoryOf } from './rules.ts';
import './tables.ts';

const COUNTED = ['connections', 'targets', 'mails'] as const;
type Counted = (typeof COUNTED)[number];

/**
 * Looks at what machines began: more than the operator's figures (`watch` of brand.yaml) opens a case with the counts, by
 * the category's clause of what its own customer agreed to (蓝天云 3.2-detect). Nothing else follows by itself. One that
 * goes on is evidence once in so many minutes as the figure has, so that nothing is counted twice.
 */
export async function begunWatch(house: House, now: Date): Promise<void> {
  for (const { id: brand, watch } of house.brands.all)
    for (const of of COUNTED) {
      const rule = watch?.[of];
      if (!rule) continue;
      const since = addMinutes(now, -rule.minutes);
      const machines = await instancesBegan(house.db, { brand, since, now, of, moreThan: rule.more_than });
      for (const machine of machines)
        await transact(house.db, (tx) =>
          counted(tx, { ...systemCtx(house, brand, 'enforcement.watch'), now }, { of, rule, since, machine }),
        );
    }
}

interface Hit {
  of: Counted;
  rule: Watched;
  since: Date;
  machine: Began;
}

async function counted(tx: Tx, ctx: Ctx, { of, rule, since, machine }: Hit): Promise<void> {
  const found = await serviceInBrand(tx, ctx, machine.serviceId);
  const service = found && (await serviceLock(tx, found.id));
  if (service?.customer_id !== machine.customerId) return;
  const { parameters } = await policyOf(tx, policyOn(service), ctx.now);
  const category = categoryOf(parameters.enforcement, rule.category);
  if (!category || (await evidentSince(tx, service.id, of, since))) return;
  const { connections, targets, mails, answers } = machine;
  const facts = {
    ...{ trace: of, more_than: rule.more_than, since: since.toISOString(), until: ctx.now.toISOString() },
    ...{ connections: Number(connections), answers: Number(answers) },
    ...{ targets: Number(targets), mails: Number(mails) },
  };
  await caseOpen(tx, ctx, {
    customerId: service.customer_id,
    serviceId: service.id,
    origin: 'trace',
    category: category.id,
    summary: `${category.name.zh} / ${category.name.en}`,
    evidence: [{ kind: 'measurement', text: null, facts }],
  });
}

/** Whether this was found of a service after that instant already, in whichever case. */
async function evidentSince(tx: Tx, serviceId: string, trace: Counted, since: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('enforcement_evidence as e')
    .innerJoin('enforcement_case as c', 'c.id', 'e.case_id')
    .select('e.id')
    .where('c.service_id', '=', serviceId)
    .where('c.origin', '=', 'trace')
    .where(sql`e.facts ->> 'trace'`, '=', trace)
    .where('e.at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
