import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import { parseYuan } from '#kernel/money.ts';

/**
 * The metered part of a brand's catalogue.yaml: products that are charged by what was used. A meter turns usage
 * events (CloudEvents of one `event` type) into quantities; a tariff version prices them from its first day on.
 */

const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/);

/** "10" or "0.5", in units of the meter. */
const units = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'not a decimal number');

/** Yuan for one unit, six decimals at most; what is cheaper is sold by a larger unit (10,000 requests). */
const unitPrice = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'not an amount of yuan with six decimals at most');

export const METER_KINDS = ['sum', 'max', 'last', 'unique', 'time-weighted', 'p95'] as const;

const meter = z.strictObject({
  id,
  name: localizedText,
  /**
   * sum: all values. max: the highest of a window. last: the level at a window's end. unique: how many different
   * keys in a window. time-weighted: a level by how long it stood. p95: of the sums of five minutes, over a month.
   */
  kind: z.enum(METER_KINDS),
  /** The CloudEvents `type` that feeds it; several meters may be fed by one. */
  event: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  /** Which member of the event's `data` is the quantity, a whole number of base units (for unique: the key). */
  value: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/)
    .default('value'),
  /** Only events whose data has these members with these values. */
  where: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), z.string().max(100)).optional(),
  /** For sum: the values are readings of a counter that grows and may start again from zero. */
  counter: z.literal(true).optional(),
  /** For max, last and unique: over what they are taken; the product's settlement unless it says otherwise. */
  window: z.enum(['hour', 'day', 'month']).optional(),
  unit: z.strictObject({
    name: localizedText,
    /** Base units (bytes, requests …) in one unit that is priced. */
    size: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    /** For time-weighted: a unit is one of `size` for this long. */
    per: z.enum(['hour', 'day']).optional(),
  }),
});

const price = z.strictObject({
  meter: id,
  /** Units in each month that cost nothing; used before packages and tiers. */
  free: units.optional(),
  /** graduated: each part of the month's quantity by the tier that it falls into. volume: all of it by the tier it reaches. */
  mode: z.enum(['graduated', 'volume']).default('graduated'),
  /** By the month's quantity beyond free quota and packages; the last one has no end. */
  tiers: z.array(z.strictObject({ up_to: units.optional(), price: unitPrice })).min(1),
});

const tariff = z.strictObject({
  version: id,
  /** Natural day of the brand from which it holds. One that has been loaded never changes; a new price is a new version. */
  from: z.iso.date(),
  prices: z.array(price).min(1),
});

/** A quota that is paid for in advance; used after the free quota, the one that ends first before others. */
const quotaPackage = z.strictObject({
  id,
  name: localizedText,
  meter: id,
  quantity: units,
  /** Yuan, for all of it. */
  price: z
    .string()
    .refine((text) => /^\d{1,9}(\.\d{1,2})?$/.test(text) && parseYuan(text) > 0n, 'not an amount of yuan'),
  months: z.number().int().min(1).max(36),
});

export const meteredProduct = z
  .strictObject({
    id,
    name: localizedText,
    summary: localizedText,
    /** How often usage is charged. */
    settle: z.enum(['hour', 'day', 'month']),
    meters: z.array(meter).min(1),
    tariffs: z.array(tariff).min(1),
    packages: z.array(quotaPackage).default([]),
  })
  .superRefine((product, check) => {
    for (const [path, message] of contradictions(product)) check.addIssue({ code: 'custom', path, message });
  });

export const meteredProducts = z
  .array(meteredProduct)
  .refine(
    (products) => new Set(products.map((product) => product.id)).size === products.length,
    'a product stands twice',
  )
  .optional();

interface Shape {
  meters: z.infer<typeof meter>[];
  tariffs: z.infer<typeof tariff>[];
  packages: z.infer<typeof quotaPackage>[];
}

type Finding = [path: (string | number)[], message: string];

function* contradictions({ meters, tariffs, packages }: Shape): Generator<Finding> {
  const byId = new Map(meters.map((candidate) => [candidate.id, candidate]));
  if (byId.size !== meters.length) yield [['meters'], 'a meter stands twice'];
  for (const [i, candidate] of meters.entries()) {
    for (const message of kindContradictions(candidate)) yield [['meters', i], message];
  }
  if (new Set(tariffs.map(({ version }) => version)).size !== tariffs.length)
    yield [['tariffs'], 'a version stands twice'];
  for (const [i, { from, prices }] of tariffs.entries()) {
    if (i > 0 && from <= tariffs[i - 1]!.from)
      yield [['tariffs', i, 'from'], 'give the versions in the order of their days'];
    const priced = prices.map((candidate) => candidate.meter);
    const missing = meters.find((candidate) => !priced.includes(candidate.id));
    // A meter may be newer than the first tariffs; its first price holds for all that was used before.
    if (missing && i === tariffs.length - 1)
      yield [['tariffs', i, 'prices'], `meter ${missing.id} has no price`];
    if (new Set(priced).size !== priced.length) yield [['tariffs', i, 'prices'], 'a meter is priced twice'];
    for (const [j, candidate] of prices.entries()) {
      for (const message of priceContradictions(candidate, byId))
        yield [['tariffs', i, 'prices', j], message];
    }
  }
  if (new Set(packages.map((candidate) => candidate.id)).size !== packages.length)
    yield [['packages'], 'a package stands twice'];
  for (const [i, candidate] of packages.entries()) {
    const of = byId.get(candidate.meter);
    if (!of) yield [['packages', i, 'meter'], `there is no meter ${candidate.meter}`];
    else if (!(wholeBase(of, candidate.quantity) ?? 0n))
      yield [['packages', i, 'quantity'], 'not a whole number of base units above zero'];
  }
}

function* kindContradictions(candidate: Meter): Generator<string> {
  const { kind, counter, window, unit } = candidate;
  if (counter && kind !== 'sum') yield 'only a sum can come from a counter';
  if (window && !['max', 'last', 'unique'].includes(kind)) yield `${kind} has no window of its own`;
  if ((kind === 'time-weighted') !== (unit.per !== undefined))
    yield 'unit.per belongs to time-weighted, and only to it';
}

function* priceContradictions(candidate: Price, meters: Map<string, Meter>): Generator<string> {
  const of = meters.get(candidate.meter);
  if (!of) return yield `there is no meter ${candidate.meter}`;
  const ends = candidate.tiers.map((tier) => tier.up_to);
  const bounds = [candidate.free, ...ends].filter((end) => end !== undefined);
  if (bounds.some((end) => wholeBase(of, end) === null))
    yield 'a quantity is not a whole number of base units';
  if (ends.at(-1) !== undefined || ends.slice(0, -1).some((end) => end === undefined)) {
    yield 'each tier but the last says up_to';
    return;
  }
  const rising = ends.slice(0, -1).map((end) => wholeBase(of, end!) ?? 0n);
  if (rising.some((end, i) => end <= (rising[i - 1] ?? 0n))) yield 'tiers rise';
}

const HOUR_MS = 3_600_000n;

/** Base units in one priced unit; for time-weighted meters base units × milliseconds. */
export function unitSize({ unit }: Meter): bigint {
  const time = unit.per === undefined ? 1n : unit.per === 'hour' ? HOUR_MS : 24n * HOUR_MS;
  return BigInt(unit.size) * time;
}

/** "0.5" units in base units; null when that is no whole number. */
export function wholeBase(of: Meter, quantity: string): bigint | null {
  const [whole = '', fraction = ''] = quantity.split('.');
  const scaled = BigInt(whole + fraction.padEnd(6, '0')) * unitSize(of);
  return scaled % 1_000_000n === 0n ? scaled / 1_000_000n : null;
}

export type MeteredProduct = z.infer<typeof meteredProduct>;
export type Meter = z.infer<typeof meter>;
export type MeterKind = Meter['kind'];
export type Price = z.infer<typeof price>;
export type Tariff = z.infer<typeof tariff>;
export type QuotaPackage = z.infer<typeof quotaPackage>;
