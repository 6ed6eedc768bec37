import type { Db, Tx } from '#kernel/db.ts';
import { parseYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { type Meter, type MeterKind, type Tariff, unitSize, wholeBase } from '#modules/catalogue/index.ts';
import type { PriceBook, PriceList } from './rating.ts';
import { problem, type Settlement } from './rules.ts';
import type { Grain } from './slots.ts';
import type { Definition } from './tariff-load.ts';
import './tables.ts';

/** A meter as it was loaded, with its number. */
export interface KnownMeter {
  no: number;
  product: string;
  productName: LocalizedText;
  name: string;
  kind: MeterKind;
  settle: Settlement;
  meter: Meter;
  /** Length of its readings' slots. */
  grain: Grain;
  /** Base units in one priced unit. */
  size: bigint;
}

export async function metersOf(db: Db | Tx, brand: string): Promise<KnownMeter[]> {
  const rows = await db
    .selectFrom('metering_meter')
    .selectAll()
    .where('brand', '=', brand)
    .orderBy('no')
    .execute();
  return rows.map((row) => {
    const { product, meter } = row.definition as Definition;
    const { no, name, kind, settle } = row;
    return {
      no,
      product: row.product,
      productName: product.name,
      name,
      kind,
      settle,
      meter,
      grain: grainOf(meter, product.settle),
      size: unitSize(meter),
    };
  });
}

/** The one that is meant. Throws `metered-product-unknown`. */
export function meterNamed(meters: KnownMeter[], product: string, name: string): KnownMeter {
  const found = meters.find((candidate) => candidate.product === product && candidate.name === name);
  if (!found)
    throw problem['metered-product-unknown'](
      {},
      { errors: [{ field: 'meter', message: `${product}/${name}` }] },
    );
  return found;
}

export function grainOf(meter: Meter, settle: Settlement): Grain {
  if (meter.kind === 'p95') return 'month';
  return meter.kind === 'sum' || meter.kind === 'time-weighted' ? 'hour' : (meter.window ?? settle);
}

export interface KnownTariff {
  no: number;
  product: string;
  version: string;
  effectiveAt: Date;
  tariff: Tariff;
}

/** Of all the brand's products, in the order in which they came into force. */
export async function tariffsOf(db: Db | Tx, brand: string): Promise<KnownTariff[]> {
  const rows = await db
    .selectFrom('metering_tariff')
    .selectAll()
    .where('brand', '=', brand)
    .orderBy('effective_at')
    .execute();
  return rows.map((row) => ({
    no: row.no,
    product: row.product,
    version: row.version,
    effectiveAt: row.effective_at,
    tariff: row.document as Tariff,
  }));
}

/** What a meter's quantities cost, by version. */
export interface Pricing extends PriceBook {
  /** The version in force at an instant; the first one holds for all before it too. */
  at(instant: Date): number;
}

export function pricingOf(meter: KnownMeter, tariffs: KnownTariff[]): Pricing {
  const own = tariffs.filter(
    ({ product, tariff }) =>
      product === meter.product && tariff.prices.some((price) => price.meter === meter.name),
  );
  const first = own[0];
  if (!first) throw new Error(`meter ${meter.product}/${meter.name} has no price`);
  return {
    size: meter.size,
    lists: own.map((known) => priceList(meter.meter, known)),
    at: (instant) => (own.findLast(({ effectiveAt }) => effectiveAt <= instant) ?? first).no,
  };
}

function priceList(meter: Meter, { no, tariff }: KnownTariff): PriceList {
  const price = tariff.prices.find((candidate) => candidate.meter === meter.id)!;
  const base = (units: string) => wholeBase(meter, units) ?? 0n;
  return {
    tariff: no,
    free: base(price.free ?? '0'),
    mode: price.mode,
    tiers: price.tiers.map((tier) => ({
      upTo: tier.up_to === undefined ? null : base(tier.up_to),
      price: parseYuan(tier.price),
    })),
  };
}
