import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, localized, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { unitSize } from '#modules/catalogue/index.ts';
import type { Definition } from './tariff-load.ts';
import './tables.ts';

/** A charge with all that it follows from. Quantities are base units as decimal strings, exact. */
export interface Explained {
  charge: Awaited<ReturnType<typeof chargeList>>[number];
  size: string;
  carriedIn: string;
  carriedOut: string;
  parts: ExplainedPart[];
  readings: ExplainedReading[];
}

export interface ExplainedPart {
  kind: 'free' | 'package' | 'tier';
  quantity: string;
  /** quantity × price; the sum of all, with what is carried, divided by `size`, is the amount. */
  product: string;
  /** Micro-yuan for `size` base units. */
  price: string | null;
  tier: number | null;
  tariff: { version: string; from: string } | null;
  package: string | null;
}

export interface ExplainedReading {
  subject: string | null;
  slot: Date;
  ends_at: Date;
  /** What of it this charge is for; then what it shows by now. */
  quantity: string;
  measured: string;
  corrected: string;
  corrections: { quantity: string; reason: string; at: string }[];
  /** How many events it comes from, while they are kept, and the first few of them. */
  events: number;
  sample: { source: string; id: string; at: string; value: string | null; key: string | null }[];
}

export function chargeList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string; id?: string; before?: string | undefined },
) {
  return db
    .selectFrom('metering_charge as c')
    .innerJoin('metering_meter as m', 'm.no', 'c.meter_no')
    .selectAll('c')
    .select(['m.definition', 'm.name as meter', 'm.kind as meter_kind'])
    .where('c.brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('c.customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('c.id', '=', filter.id!))
    .$if(filter.before !== undefined, (q) => q.where('c.id', '<', filter.before!))
    .orderBy('c.id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function meterText(definition: unknown): {
  product: LocalizedText;
  meter: LocalizedText;
  unit: LocalizedText;
  size: bigint;
} {
  const { product, meter } = definition as Definition;
  return { product: product.name, meter: meter.name, unit: meter.unit.name, size: unitSize(meter) };
}

/** Null when there is no such charge of this customer. */
export async function explain(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string; id: string },
): Promise<Explained | null> {
  const [charge] = await chargeList(db, brand, filter);
  if (!charge) return null;
  return {
    charge,
    size: charge.size,
    carriedIn: charge.carried_in,
    carriedOut: charge.carried_out,
    parts: await partsShown(db, charge.parts as StoredPart[]),
    readings: await readingsShown(db, charge),
  };
}

type StoredPart =
  | { kind: 'free'; quantity: string; product: string }
  | { kind: 'package'; package: string; quantity: string; product: string }
  | { kind: 'tier'; tariff: number; tier: number; quantity: string; price: string; product: string };

async function partsShown(db: Db | Tx, parts: StoredPart[]): Promise<ExplainedPart[]> {
  const tariffs = await db
    .selectFrom('metering_tariff')
    .select(['no', 'version', 'effective_at'])
    .where('no', 'in', [0, ...parts.flatMap((part) => (part.kind === 'tier' ? [part.tariff] : []))])
    .execute();
  return parts.map((part) => {
    const tariff = part.kind === 'tier' ? tariffs.find(({ no }) => no === part.tariff) : undefined;
    return {
      kind: part.kind,
      quantity: part.quantity,
      product: part.product,
      price: part.kind === 'tier' ? part.price : null,
      tier: part.kind === 'tier' ? part.tier + 1 : null,
      tariff: tariff ? { version: tariff.version, from: tariff.effective_at.toISOString() } : null,
      package: part.kind === 'package' ? part.package : null,
    };
  });
}

const SAMPLE = 5;

async function readingsShown(db: Db | Tx, charge: Explained['charge']): Promise<ExplainedReading[]> {
  const { rows } = await sql<ExplainedReading & { events: string | number }>`
    select s.name as subject, g.slot, r.ends_at, g.quantity::text, r.measured::text, r.corrected::text,
      coalesce((select jsonb_agg(jsonb_build_object('quantity', k.quantity::text, 'reason', k.reason, 'at', k.at) order by k.at)
        from metering_correction k where k.customer_id = r.customer_id and k.meter_no = r.meter_no
          and k.subject_no = r.subject_no and k.slot = r.slot), '[]') as corrections,
      n.events, n.sample
    from metering_charged g
    join metering_reading r on r.customer_id = ${charge.customer_id} and r.meter_no = ${charge.meter_no}
      and r.subject_no = g.subject_no and r.slot = g.slot
    left join metering_subject s on s.no = g.subject_no
    cross join lateral (
      select count(*)::int as events, coalesce(jsonb_agg(jsonb_build_object('source', e.source, 'id', e.id, 'at', e.at,
          'value', e.value::text, 'key', e.key) order by e.at) filter (where e.place <= ${SAMPLE}), '[]') as sample
      from (select q.name as source, v.id, v.at, v.value, v.key, row_number() over (order by v.at, v.id) as place
        from metering_event v join metering_source q on q.no = v.source_no
        where v.meter_no = ${charge.meter_no} and v.at >= r.slot and v.at < r.ends_at
          and v.subject_no in (select x.no from metering_subject x
            where x.customer_id = r.customer_id and g.subject_no in (0, x.no))) e) n
    where g.charge_id = ${charge.id}
    order by g.slot, g.subject_no limit 2000`.execute(db);
  return rows.map((row) => ({ ...row, events: Number(row.events) }));
}

/** A meter's quantities by hour or day, all of the customer's subjects or one; what staff corrected is in them. */
export async function usageSeries(
  db: Db | Tx,
  of: {
    customerId: string;
    meterNo: number;
    subject?: string | undefined;
    from: Date;
    to: Date;
    by: 'hour' | 'day';
    zone: string;
  },
): Promise<{ at: Date; quantity: string }[]> {
  const { rows } = await sql<{ at: Date; quantity: string }>`
    select date_trunc(${of.by}, r.slot, ${of.zone}) as at, sum(r.measured + r.corrected)::text as quantity
    from metering_reading r left join metering_subject s on s.no = r.subject_no
    where r.customer_id = ${of.customerId} and r.meter_no = ${of.meterNo} and r.slot >= ${of.from} and r.slot < ${of.to}
      and (${of.subject ?? null}::text is null or s.name = ${of.subject ?? null})
    group by 1 order by 1 limit 2000`.execute(db);
  return rows;
}

/** A decimal string of base units. */
export const quantityOut = z.string();

export const charge = z.object({
  id,
  product: z.string(),
  product_name: localized,
  meter: z.string(),
  name: localized,
  kind: z.enum(['usage', 'adjustment']),
  /** First day of the natural month that it belongs to. */
  month: z.string(),
  period_start: instant,
  period_end: instant,
  quantity: quantityOut,
  unit: localized,
  unit_size: quantityOut,
  amount: amountOut,
  at: instant,
});

export function chargeShown(row: Awaited<ReturnType<typeof chargeList>>[number]): z.infer<typeof charge> {
  const text = meterText(row.definition);
  return {
    id: row.id,
    product: row.product,
    product_name: text.product,
    meter: row.meter,
    name: text.meter,
    kind: row.kind,
    month: row.month,
    period_start: row.period_start.toISOString(),
    period_end: row.period_end.toISOString(),
    quantity: row.quantity,
    unit: text.unit,
    unit_size: row.size,
    amount: formatYuan(row.amount_micro),
    at: row.at.toISOString(),
  };
}

const part = z.object({
  kind: z.enum(['free', 'package', 'tier']),
  quantity: quantityOut,
  /** quantity × price, in micro-yuan × base units. */
  product: z.string(),
  /** Yuan for one unit. */
  price: amountOut.nullable(),
  tier: z.number().nullable(),
  tariff: z.object({ version: z.string(), from: instant }).nullable(),
  package: z.string().nullable(),
});

const reading = z.object({
  /** Null: all subjects of the customer together. */
  subject: z.string().nullable(),
  slot: instant,
  ends_at: instant,
  /** What of it is in this charge; measured and corrected are what it shows by now. */
  quantity: quantityOut,
  measured: quantityOut,
  corrected: quantityOut,
  corrections: z.array(z.object({ quantity: quantityOut, reason: z.string(), at: z.string() })),
  events: z.number(),
  sample: z.array(
    z.object({
      source: z.string(),
      id: z.string(),
      at: z.string(),
      value: quantityOut.nullable(),
      key: z.string().nullable(),
    }),
  ),
});

/** amount × 1,000,000 × unit_size = sum of the parts' products + carried_in − carried_out, exactly. */
export const explained = charge.extend({
  carried_in: z.string(),
  carried_out: z.string(),
  parts: z.array(part),
  readings: z.array(reading),
});

export function explainedShown(found: Explained): z.infer<typeof explained> {
  return {
    ...chargeShown(found.charge),
    carried_in: found.carriedIn,
    carried_out: found.carriedOut,
    parts: found.parts.map((one) => ({
      ...one,
      price: one.price === null ? null : formatYuan(BigInt(one.price)),
    })),
    readings: found.readings.map((one) => ({
      ...one,
      slot: one.slot.toISOString(),
      ends_at: one.ends_at.toISOString(),
    })),
  };
}
