import { createHash } from 'node:crypto';
import { BrandFileError } from '#kernel/brand-file.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { catalogueInForce, type Meter, type MeteredProduct, type Tariff } from '#modules/catalogue/index.ts';
import type { Settlement } from './rules.ts';
import { dayStart } from './slots.ts';
import './tables.ts';

/**
 * Brings the metered products of the catalogue in force into meters and tariffs. What a meter measures and what a
 * tariff version asks never change once loaded: another unit is another meter, another price another version.
 * A version holds from its day on, but never for what was used before it was loaded, except the first of all.
 * Throws BrandFileError on a change that isn't one of those.
 */
export async function tariffsLoad(tx: Tx, ctx: Ctx): Promise<void> {
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  for (const product of document.metered ?? []) {
    for (const meter of product.meters) await meterLoad(tx, ctx, product, meter);
    for (const tariff of product.tariffs) await tariffLoad(tx, ctx, product, tariff);
  }
}

/** What readings rest on; names may change. */
function essence({ kind, event, value, where, counter, window, unit }: Meter, settle: Settlement): string {
  const filter = Object.entries(where ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    kind,
    event,
    value,
    filter,
    counter ?? false,
    window ?? null,
    unit.size,
    unit.per ?? null,
    settle,
  ]);
}

const LENGTH: Record<Settlement, number> = { hour: 0, day: 1, month: 2 };

/** A window is charged when it is over, however often the product is. */
function settlementOf(product: MeteredProduct, meter: Meter): Settlement {
  const window = meter.kind === 'p95' ? 'month' : (meter.window ?? product.settle);
  return LENGTH[window] > LENGTH[product.settle] ? window : product.settle;
}

async function meterLoad(tx: Tx, ctx: Ctx, product: MeteredProduct, meter: Meter): Promise<void> {
  const settle = settlementOf(product, meter);
  const { id, name, settle: each } = product;
  const definition = JSON.stringify({ product: { id, name, settle: each }, meter });
  const row = { brand: ctx.brand.id, product: product.id, name: meter.id };
  const known = await tx
    .selectFrom('metering_meter')
    .select(['no', 'settle', 'definition'])
    .where('brand', '=', row.brand)
    .where('product', '=', row.product)
    .where('name', '=', row.name)
    .executeTakeFirst();
  if (!known) {
    const { event, kind } = meter;
    await tx
      .insertInto('metering_meter')
      .values({ ...row, event, kind, settle, definition })
      .execute();
    return;
  }
  const before = (known.definition as Definition).meter;
  if (essence(before, known.settle) !== essence(meter, settle)) {
    throw new BrandFileError(
      `${ctx.brand.id}: meter ${product.id}/${meter.id} measures something else now; give it another id`,
    );
  }
  await tx.updateTable('metering_meter').set({ definition }).where('no', '=', known.no).execute();
}

export interface Definition {
  product: { id: string; name: { zh: string; en: string }; settle: Settlement };
  meter: Meter;
}

async function tariffLoad(tx: Tx, ctx: Ctx, product: MeteredProduct, tariff: Tariff): Promise<void> {
  const document = JSON.stringify(tariff);
  const sha256 = createHash('sha256').update(document).digest('hex');
  const known = await tx
    .selectFrom('metering_tariff')
    .select(['version', 'sha256', 'effective_at'])
    .where('brand', '=', ctx.brand.id)
    .where('product', '=', product.id)
    .orderBy('effective_at', 'desc')
    .execute();
  const same = known.find(({ version }) => version === tariff.version);
  if (same?.sha256 === sha256) return;
  if (same) {
    throw new BrandFileError(
      `${ctx.brand.id}: tariff ${product.id} ${tariff.version} was loaded with other prices; give the new ones a version of their own`,
    );
  }
  const from = dayStart(tariff.from, ctx.brand.zone);
  const later = from > ctx.now || known.length === 0 || product.tariffs[0] === tariff;
  const effective_at = later ? from : ctx.now;
  if (known[0] && effective_at <= known[0].effective_at) {
    throw new BrandFileError(
      `${ctx.brand.id}: tariff ${product.id} ${tariff.version} would hold before one that is known`,
    );
  }
  await tx
    .insertInto('metering_tariff')
    .values({
      brand: ctx.brand.id,
      product: product.id,
      version: tariff.version,
      sha256,
      effective_at,
      document,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'tariff.loaded',
    subject: { kind: 'tariff', id: `${product.id} ${tariff.version}` },
    customerId: null,
    facts: { sha256, effective_at: effective_at.toISOString() },
  });
}
