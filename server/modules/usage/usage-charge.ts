import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { type Demand, payAll } from '#modules/gifts/index.ts';
import { ledgerPostAll, type Posting } from '#modules/ledger/index.ts';
import { type RatedUsage, usageRate } from '#modules/metering/index.ts';
import type { ChargeFacts } from './events.ts';
import { type Owing, usageOwed } from './usage-arrears.ts';
import { paymentsRecord, posting, type TaxedCharge, USAGE } from './usage-charge-post.ts';
import { usageCredit } from './usage-credit.ts';
import './events.ts';

/**
 * Rates usage that is due and takes it from its customers: gifts in scope first, then cash; what neither covers is
 * owed. Everything is one transaction: rated is paid or owed, once. Returns how many charges; 0 when nothing is due.
 */
export async function usageCharge(tx: Tx, ctx: Ctx): Promise<number> {
  const rated = await usageRate(tx, ctx);
  if (!rated) return 0;
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const charges = rated.charges.map((charge) => ({
    ...charge,
    tax: taxOf(charge.amount, document.tax?.rate),
  }));
  const taken = charges.filter(({ amount }) => amount > 0n);
  const payments = await payAll(tx, ctx, taken.map(demandOf));
  const paid = taken.map((charge, i) => {
    const payment = payments[i]!;
    if ('missing' in payment) throw new Error('a charge for usage is owed when it can’t be paid');
    return { charge, ...payment };
  });
  await ledgerPostAll(tx, ctx, [
    ...paid.map(({ charge, lines }) => posting(charge, 'usage', lines)),
    ...earnings(rated.earned),
  ]);
  await paymentsRecord(tx, ctx, paid);
  const credited: ChargeFacts[] = [];
  for (const charge of charges.filter(({ amount }) => amount < 0n))
    credited.push(chargeFacts(charge, await usageCredit(tx, ctx, charge)));
  const owing: Owing[] = paid
    .filter(({ owed }) => owed > 0n)
    .map(({ charge, owed }) => ({
      customerId: charge.customerId,
      product: charge.meter.product,
      source: USAGE,
      sourceId: charge.id,
      amount: owed,
    }));
  await usageOwed(tx, ctx, owing);
  await ctx.bus.emit(tx, ctx, 'charges.made', {
    charges: [...paid.map(({ charge, cash, gift }) => chargeFacts(charge, { cash, gift })), ...credited],
  });
  return rated.charges.length;
}

function demandOf({ id, customerId, meter, amount }: TaxedCharge): Demand {
  return { customerId, product: meter.product, amount, source: USAGE, sourceId: id, owe: true };
}

/** The tax that an amount contains ("0.06" is 6 %), to the micro-yuan; usage is many small amounts. */
export function taxOf(amount: Micro, rate: string | undefined): Micro {
  const parts = BigInt(rate?.slice(2).padEnd(4, '0') ?? 0);
  return (amount * parts) / (10_000n + parts);
}

/** Packages were paid for in advance; what is used of them (or is over with them) is earned: one posting a product. */
export function earnings(earned: RatedUsage['earned']): Posting[] {
  const byProduct = new Map<string, Micro>();
  for (const { product, amount } of earned) byProduct.set(product, (byProduct.get(product) ?? 0n) + amount);
  return [...byProduct]
    .filter(([, amount]) => amount > 0n)
    .map(([product, amount]) => ({
      kind: 'revenue-earned',
      source: 'usage-package-earned',
      sourceId: newId(),
      lines: [
        { account: { kind: 'deferred_revenue', owner: product }, amount: -amount },
        { account: { kind: 'revenue', owner: product }, amount },
      ],
    }));
}

function chargeFacts(charge: TaxedCharge, paid: { cash: Micro; gift: Micro }): ChargeFacts {
  const { id, customerId, meter, amount, tax, periodStart, periodEnd } = charge;
  return {
    id,
    customerId,
    product: meter.product,
    text: textOf(charge),
    amount,
    tax,
    paid,
    periodStart,
    periodEnd,
    explain: { kind: 'usage', id },
  };
}

/** The same for every period, so that an invoice sums them up. */
function textOf({ meter, kind }: TaxedCharge): LocalizedText {
  const late = kind === 'adjustment' ? { zh: '（补记与更正）', en: ' (adjustment)' } : { zh: '', en: '' };
  return {
    zh: `${meter.productName.zh} ${meter.meter.name.zh}${late.zh}`,
    en: `${meter.productName.en} ${meter.meter.name.en}${late.en}`,
  };
}
