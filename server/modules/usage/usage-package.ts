import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro, parseYuan } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { catalogueInForce, taxIn, wholeBase } from '#modules/catalogue/index.ts';
import { gateBuy } from '#modules/gates/index.ts';
import { pay } from '#modules/gifts/index.ts';
import { ledgerPost, ledgerPostAll } from '#modules/ledger/index.ts';
import { meterNamed, metersOf, packageAdd, packagesEnd } from '#modules/metering/index.ts';
import { problem } from './rules.ts';
import { earnings } from './usage-charge.ts';
import './events.ts';

/** Buys prepaid quota: paid at once, deferred, and earned as it is used; its price is that of the catalogue in force. */
export async function packageBuy(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; product: string; package: string },
): Promise<{ id: string; amount: Micro; endsAt: Date }> {
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const product = document.metered?.find(({ id }) => id === input.product);
  const sold = product?.packages.find(({ id }) => id === input.package);
  if (!product || !sold) throw problem['package-unknown']();
  await gateBuy(tx, ctx, { customerId: input.customerId, mainland: true });
  const meter = meterNamed(await metersOf(tx, ctx.brand.id), product.id, sold.meter);
  const amount = parseYuan(sold.price);
  const tax = taxIn(document, amount);
  const { id, endsAt } = await packageAdd(tx, ctx, {
    customerId: input.customerId,
    meterNo: meter.no,
    name: sold.id,
    quantity: wholeBase(meter.meter, sold.quantity) ?? 0n,
    price: amount - tax,
    months: sold.months,
  });
  const demand = {
    customerId: input.customerId,
    product: product.id,
    amount,
    source: 'usage-package',
    sourceId: id,
  };
  const { lines, cash, gift } = await pay(tx, ctx, demand);
  await ledgerPost(tx, ctx, {
    kind: 'usage-package',
    source: 'usage-package',
    sourceId: id,
    lines: [
      ...lines,
      { account: { kind: 'deferred_revenue', owner: product.id }, amount: amount - tax },
      { account: { kind: 'tax', owner: 'all' }, amount: tax },
    ],
    memo: { package: sold.id },
  });
  await auditRecord(tx, ctx, {
    action: 'usage-package.bought',
    subject: { kind: 'usage-package', id },
    customerId: input.customerId,
    facts: { product: product.id, package: sold.id, amount: formatYuan(amount) },
  });
  await ctx.bus.emit(tx, ctx, 'package.bought', {
    ...{ id, customerId: input.customerId, product: product.id, amount, tax, paid: { cash, gift } },
    text: {
      zh: `${product.name.zh} 资源包：${sold.name.zh}`,
      en: `${product.name.en}, prepaid: ${sold.name.en}`,
    },
    periodStart: ctx.now,
    periodEnd: endsAt,
  });
  return { id, amount, endsAt };
}

/** What is left of packages whose time is over is earned. Returns how many ended. */
export async function packagesExpire(tx: Tx, ctx: Ctx): Promise<number> {
  const ended = await packagesEnd(tx, ctx);
  await ledgerPostAll(tx, ctx, earnings(ended));
  return ended.length;
}
