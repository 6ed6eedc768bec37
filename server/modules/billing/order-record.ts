import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { insertAll } from '#kernel/insert-all.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { naturalDay } from '#kernel/time.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import type { Options, PricedLine } from '#modules/catalogue/index.ts';
import { notEnough, type Payment, payAll, type Short } from '#modules/gifts/index.ts';
import { ledgerPostAll } from '#modules/ledger/index.ts';
import { accrualRow } from './accrual.ts';
import type { OrderFacts } from './events.ts';
import type { OrderKind } from './tables.ts';
import './tables.ts';

export interface NewOrder {
  kind: OrderKind;
  customerId: string;
  serviceId: string;
  product: string;
  plan: string;
  region: string;
  options: Options;
  /** 0 for what isn't a whole number of months. */
  months: number;
  lines: PricedLine[];
  /** What the lines sum to. */
  amount: Micro;
  tax: Micro;
  redemptionId?: string | null;
  catalogueVersionId: string;
  periodStart: Date;
  periodEnd: Date;
  /** By a bill that is paid later. */
  onCredit?: boolean;
  /** Of gifts these alone, each up to this much. */
  gifts?: ReadonlyMap<string, Micro>;
}

export interface PaidOrder {
  id: string;
  number: string;
  serviceId: string;
  amount: Micro;
  /** What neither covers is owed: only of an order on credit. */
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
}

/** One order; throws `insufficient-balance`. */
export async function orderRecord(tx: Tx, ctx: Ctx, input: NewOrder): Promise<PaidOrder> {
  const [result] = await ordersRecord(tx, ctx, [input]);
  if ('missing' in result!) throw notEnough(result.missing);
  return result!;
}

/**
 * Charges and records orders, set-wise: gifts and cash are taken, revenue is deferred, `orders.paid` is said. An order
 * that its customer can't pay comes back `Short` and leaves nothing behind. A period itself can be ordered once
 * (`billing_order_period_once`): callers lock the services first.
 */
export async function ordersRecord(
  tx: Tx,
  ctx: Ctx,
  inputs: readonly NewOrder[],
  meanwhile?: Meanwhile,
): Promise<(PaidOrder | Short)[]> {
  const drafts = inputs.map((input) => ({ id: newId(), input }));
  const payments = await payAll(
    tx,
    ctx,
    drafts.map(({ id, input: { customerId, product, amount, onCredit, gifts } }) => ({
      customerId,
      product,
      amount,
      source: 'order',
      sourceId: id,
      ...(onCredit ? { onCredit } : {}),
      ...(gifts ? { gifts } : {}),
    })),
  );
  const numbers = await orderNumbers(tx, ctx, drafts.length);
  const results = drafts.map(({ id, input }, i): Made | Short => {
    const payment = payments[i]!;
    return 'missing' in payment ? payment : { id, number: numbers[i]!, input, payment };
  });
  const made = results.filter((result) => 'input' in result);
  const answers = results.map((result) => ('input' in result ? paidOrder(result) : result));
  if (made.length > 0) await write(tx, ctx, made);
  await meanwhile?.(answers);
  if (made.length > 0) await post(tx, ctx, made);
  return answers;
}

/**
 * What the caller does with each order (or `Short`), in their turn: when the orders stand, before the ledger's shared
 * accounts and the invoice numbers are locked. Batches that run side by side wait for each other only from there on.
 */
export type Meanwhile = (orders: readonly (PaidOrder | Short)[]) => Promise<void>;

interface Made {
  id: string;
  number: string;
  input: NewOrder;
  payment: Payment;
}

async function write(tx: Tx, ctx: Ctx, made: Made[]): Promise<void> {
  await insertAll(
    tx,
    'billing_order',
    made.map((one) => orderRow(ctx, one)),
  );
  await insertAll(
    tx,
    'billing_accrual',
    made.map(({ id, input }) => accrualRow(ctx, { ...input, orderId: id })),
  );
  await auditRecordAll(
    tx,
    ctx,
    made.flatMap(({ id, number, input }) =>
      input.kind === 'renewal'
        ? []
        : {
            action: ACTIONS[input.kind],
            subject: { kind: 'order', id },
            customerId: input.customerId,
            facts: {
              number,
              amount: formatYuan(input.amount),
              service: input.serviceId,
              months: input.months,
            },
          },
    ),
  );
}

async function post(tx: Tx, ctx: Ctx, made: Made[]): Promise<void> {
  await ledgerPostAll(tx, ctx, made.filter(({ input }) => input.amount > 0n).map(posting));
  await ctx.bus.emit(tx, ctx, 'orders.paid', { orders: made.map(facts) });
}

/** A renewal is recorded once, by the room whose service it renews, with the order among its facts. */
const ACTIONS: Record<Exclude<OrderKind, 'renewal'>, string> = {
  new: 'order.placed',
  change: 'order.changed',
  extension: 'order.extended',
};

const POSTED_AS: Record<OrderKind, string> = {
  new: 'order',
  renewal: 'renewal',
  change: 'plan-change',
  extension: 'extension',
};

function orderRow(ctx: Ctx, { id, number, input, payment }: Made) {
  return {
    id,
    brand: ctx.brand.id,
    number,
    customer_id: input.customerId,
    kind: input.kind,
    service_id: input.serviceId,
    product: input.product,
    plan: input.plan,
    region: input.region,
    months: input.months,
    options: input.options,
    lines: input.lines,
    amount_micro: input.amount,
    tax_micro: input.tax,
    gift_micro: payment.gift,
    redemption_id: input.redemptionId ?? null,
    catalogue_version_id: input.catalogueVersionId,
    period_start: input.periodStart,
    period_end: input.periodEnd,
    state: 'paid' as const,
    created_at: ctx.now,
    refunded_at: null,
  };
}

function posting({ id, number, input, payment }: Made) {
  return {
    kind: POSTED_AS[input.kind],
    source: 'order',
    sourceId: id,
    lines: [
      ...payment.lines,
      {
        account: { kind: 'deferred_revenue' as const, owner: input.product },
        amount: input.amount - input.tax,
      },
      { account: { kind: 'tax' as const, owner: 'all' }, amount: input.tax },
    ],
    memo: { order: number },
  };
}

function facts({ id, number, input, payment }: Made): OrderFacts {
  const { kind, customerId, serviceId, product, lines, amount, tax, periodStart, periodEnd } = input;
  const paid = { cash: payment.cash, gift: payment.gift };
  return {
    id,
    number,
    kind,
    customerId,
    serviceId,
    product,
    lines,
    amount,
    tax,
    paid,
    periodStart,
    periodEnd,
  };
}

function paidOrder({ id, number, input, payment }: Made): PaidOrder {
  const { serviceId, amount, periodStart, periodEnd } = input;
  return {
    id,
    number,
    serviceId,
    amount,
    paid: { cash: payment.cash, gift: payment.gift },
    periodStart,
    periodEnd,
  };
}

/** Odd and no multiple of 5, so that a sequence becomes ten digits that never repeat and don't tell how many there are. */
const STEP = 7_358_991_463n;
const TEN_DIGITS = 10n ** 10n;

async function orderNumbers(tx: Tx, ctx: Ctx, count: number): Promise<string[]> {
  const day = naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '');
  const { rows } = await sql<{ place: bigint }>`
    select nextval('billing_order_number') as place from generate_series(1, ${count}::int)`.execute(tx);
  return rows.map(({ place }) => `${day}${String((place * STEP) % TEN_DIGITS).padStart(10, '0')}`);
}
