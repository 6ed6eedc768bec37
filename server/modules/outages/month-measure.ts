import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro, nearestFen, proportion } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { feesPaid } from '#modules/billing/index.ts';
import { debtsSettle } from '#modules/debts/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { policyOn, type Service, servicesByIds } from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { countedOf, spansOf } from './counted.ts';
import type { Consequence } from './outage-row.ts';
import {
  availabilityText,
  backPercent,
  length,
  type Month,
  monthNamed,
  monthsOf,
  type Span,
  within,
} from './rules.ts';
import { tellCustomers } from './tell.ts';
import './tables.ts';

/** Availability of a service by the natural month, and what of the month's fee goes back (云服务器 S4). */

/** Has the months measured that an outage lies in: when each is over, or at once where it is. */
export async function monthsAsk(
  tx: Tx,
  ctx: Ctx,
  rows: readonly Consequence[],
  entry: { outage_id: string; until_at: Date },
): Promise<void> {
  const { zone } = ctx.brand;
  const hit = await tx
    .selectFrom('outages_affected')
    .select(['subject_id', 'from_at', 'until_at'])
    .where('outage_id', '=', entry.outage_id)
    .execute();
  const due = rows.flatMap(({ subject_id, kind, number }) => {
    // A correction may have taken it out of months in which it was: those of all entries are asked for.
    if (kind !== 'by-month' && number === 1) return [];
    const months = hit
      .filter((one) => one.subject_id === subject_id)
      .map(({ from_at, until_at }) => ({
        from: from_at.getTime(),
        until: (until_at ?? entry.until_at).getTime(),
      }))
      .flatMap((span) => monthsOf(span, zone));
    return [...new Map(months.map((month) => [month.name, month.span]))].map(([month, span]) => ({
      subject_id,
      month,
      due_at: new Date(Math.max(span.until, ctx.now.getTime())),
    }));
  });
  for (const one of due) {
    await tx
      .insertInto('outages_month_due')
      .values({ ...one, brand: ctx.brand.id })
      .onConflict((conflict) => conflict.columns(['subject_id', 'month']).doUpdateSet({ due_at: one.due_at }))
      .execute();
  }
}

const BATCH = 50;

/** Measures the months that are due. Returns how many. */
export async function monthsDue(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('outages_month_due')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('due_at', '<=', ctx.now)
    .orderBy('due_at')
    .orderBy('subject_id')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  const services = await servicesByIds(
    tx,
    ctx.brand.id,
    due.map(({ subject_id }) => subject_id),
  );
  for (const { subject_id, month } of due) {
    const service = services.find(({ id }) => id === subject_id);
    if (service) await monthMeasure(tx, ctx, service, monthNamed(month, ctx.brand.zone));
    await tx
      .deleteFrom('outages_month_due')
      .where('subject_id', '=', subject_id)
      .where('month', '=', month)
      .execute();
  }
  return due.length;
}

/**
 * Measures a month of a service: its own time in that month, less what all counted outages of it took, merged. Measured
 * before: what is due beyond what was paid is paid; less is due: nothing is taken back.
 */
async function monthMeasure(tx: Tx, ctx: Ctx, service: Service, month: Month): Promise<void> {
  const policy = await policyOf(tx, policyOn(service), new Date(month.span.until - 1));
  const { sla } = policy.parameters;
  const served = within(month.span, lifeOf(service));
  if (sla?.rule !== 'by-table' || !served) return;
  const counted = (await countedOf(tx, [service.id])).get(service.id)!;
  const down = length(spansOf(counted, 'by-month', null).flatMap((span) => within(span, served) ?? []));
  const servedMs = served.until - served.from;
  const percent = backPercent(sla, down, servedMs);
  const fee = await feeOf(tx, ctx, service, month.span);
  const before = await measured(tx, service.id, month.name);
  const owed = nearestFen((fee * BigInt(percent)) / 100n) - before.paid;
  const pays = owed > 0n ? owed : 0n;
  // Measured before, and nothing is otherwise.
  if (before.count > 0 && pays === 0n && before.down === down) return;
  const clause = policy.clauseOf('sla');
  const number = before.count;
  const transactionId =
    pays > 0n ? await compensate(tx, ctx, service, { month, number, amount: pays }) : null;
  const [notice = null] = await tellCustomers(
    tx,
    ctx,
    pays > 0n
      ? [
          {
            kind: 'outage-month',
            dedupe: `outage-month:${service.id}:${month.name}:${number}`,
            customerId: service.customer_id,
            subjects: [{ kind: 'service', product: service.product }],
            policy,
            values: {
              service: service.label,
              month: month.name.slice(0, 7),
              availability: availabilityText(down, servedMs),
              percent,
              amount: formatYuan(pays),
              clause: clause.clause,
            },
          },
        ]
      : [],
  );
  await tx
    .insertInto('outages_month')
    .values({
      subject_id: service.id,
      month: month.name,
      number,
      brand: ctx.brand.id,
      customer_id: service.customer_id,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      served_ms: BigInt(servedMs),
      down_ms: BigInt(down),
      back_percent: percent,
      fee_micro: fee,
      paid_micro: pays,
      transaction_id: transactionId,
      notice_id: notice,
      at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'outage.month-measured',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: {
      month: month.name.slice(0, 7),
      availability: availabilityText(down, servedMs),
      back_percent: percent,
      fee: formatYuan(fee),
      paid: formatYuan(pays),
    },
    notices: notice ? [notice] : [],
  });
  if (pays > 0n) await debtsSettle(tx, ctx, service.customer_id);
}

/** From when until when it was the customer's. */
function lifeOf({ created_at, ended_at, deleted_at }: Service): Span {
  const end = ended_at ?? deleted_at;
  return { from: created_at.getTime(), until: end?.getTime() ?? Number.MAX_SAFE_INTEGER };
}

/** What was paid for that time in money: of each order the part of its period that lies in it. Gifts never become money. */
async function feeOf(tx: Tx, ctx: Ctx, service: Service, span: Span): Promise<Micro> {
  const orders = await feesPaid(tx, ctx.brand.id, {
    customerId: service.customer_id,
    serviceIds: [service.id],
  });
  return orders.reduce((sum, { paid, periodStart, periodEnd }) => {
    const period = { from: periodStart.getTime(), until: periodEnd.getTime() };
    const part = within(period, span);
    if (!part || paid <= 0n) return sum;
    return sum + proportion(paid, BigInt(part.until - part.from), BigInt(period.until - period.from));
  }, 0n);
}

async function measured(
  tx: Tx,
  serviceId: string,
  month: string,
): Promise<{ count: number; down: number; paid: Micro }> {
  const rows = await tx
    .selectFrom('outages_month')
    .select(['down_ms', 'paid_micro'])
    .where('subject_id', '=', serviceId)
    .where('month', '=', month)
    .orderBy('number')
    .execute();
  return {
    count: rows.length,
    down: Number(rows.at(-1)?.down_ms ?? 0n),
    paid: rows.reduce((sum, { paid_micro }) => sum + paid_micro, 0n),
  };
}

async function compensate(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  { month, number, amount }: { month: Month; number: number; amount: Micro },
): Promise<string> {
  const { id } = await ledgerPost(tx, ctx, {
    kind: 'sla-compensation',
    source: 'outages-month',
    sourceId: `${service.id}/${month.name}/${number}`,
    lines: [
      { account: { kind: 'compensation', owner: 'sla' }, amount: -amount },
      { account: { kind: 'customer_cash', owner: service.customer_id }, amount },
    ],
    memo: { service: service.label, month: month.name.slice(0, 7) },
  });
  return id;
}
