import { type Micro, multiply, nearestFen, parseYuan, splitFen } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { CatalogueDocument, Limit, Plan, Product, Region } from './document.ts';
import { fits, percentOff, problem } from './rules.ts';

/** How much is added to each limit of the plan. */
export type Options = Partial<Record<Limit, number>>;

export interface Selection {
  plan: string;
  region: string;
  months: number;
  options?: Options | undefined;
  /** Services of this kind, each with an order of its own; 1 unless it says otherwise. */
  quantity?: number | undefined;
}

/** What a coupon takes off; empty scopes mean everything. */
export interface Discount {
  name: LocalizedText;
  /** Of 10,000; or an amount. */
  off: { basisPoints: number } | { amount: Micro };
  products: readonly string[];
  plans: readonly string[];
}

export interface Line {
  text: LocalizedText;
  amount: Micro;
}

/** One service for one period: what one order charges. Its lines sum to its amount, which contains the tax. */
export interface Piece {
  product: Product;
  /** With what the options add. */
  plan: Plan;
  region: Region;
  options: Options;
  months: number;
  /** A month of it at list price, before any discount; what its renewals are priced at. */
  monthly: Micro;
  lines: Line[];
  amount: Micro;
  tax: Micro;
}

/** Lines sum to the total, and so do the pieces. */
export interface Quote {
  pieces: Piece[];
  lines: Line[];
  total: Micro;
  tax: Micro;
  /** What the coupon took off. */
  discount: Micro;
}

/**
 * The one pricing function: catalogue, preview, cart, order, change and (by `priceKept`) renewal get their amounts
 * here. A coupon takes off the sum of what it is for, once, and its parts fall on the pieces by largest remainder.
 * Throws on what isn't sold, and MoneyError on what no amount can hold (F29).
 */
export function price(
  document: CatalogueDocument,
  selections: readonly Selection[],
  discount?: Discount,
): Quote {
  const asked = selections.map((selection) => {
    const piece = unitPrice(document, selection);
    return { piece, quantity: selection.quantity ?? 1 };
  });
  const lines = asked.flatMap(({ piece, quantity }) =>
    piece.lines.map(({ text, amount }) => ({
      text: quantity === 1 ? text : { zh: `${text.zh} × ${quantity}`, en: `${text.en} × ${quantity}` },
      amount: multiply(amount, BigInt(quantity)),
    })),
  );
  const full = asked.flatMap(({ piece, quantity }) => Array.from({ length: quantity }, () => piece));
  const { pieces, off } = discount
    ? discounted(document, full, discount)
    : { pieces: full.map((piece) => ({ ...piece })), off: 0n };
  if (discount) lines.push({ text: discount.name, amount: -off });
  return {
    pieces,
    lines,
    total: sum(lines.map(({ amount }) => amount)),
    tax: sum(pieces.map(({ tax }) => tax)),
    discount: off,
  };
}

function unitPrice(document: CatalogueDocument, selection: Selection): Piece {
  const { product, plan, region } = offered(document, selection);
  const months = BigInt(selection.months);
  const period = { zh: `${selection.months} 个月`, en: `${selection.months} month(s)` };
  const added = chosenOptions(product, plan, selection.options ?? {});
  const monthly = sum([parseYuan(plan.price), ...added.map(({ monthly }) => monthly)]);
  const lines: Line[] = [
    {
      text: {
        zh: `${product.name.zh} ${plan.name.zh}，${region.name.zh}，${period.zh}`,
        en: `${product.name.en} ${plan.name.en}, ${region.name.en}, ${period.en}`,
      },
      amount: multiply(parseYuan(plan.price), months),
    },
    ...added.map(({ option, quantity, monthly }) => ({
      text: {
        zh: `${option.name.zh} +${quantity} ${option.unit.zh}，${period.zh}`,
        en: `${option.name.en} +${quantity} ${option.unit.en}, ${period.en}`,
      },
      amount: multiply(monthly, months),
    })),
  ];
  const whole = { ...plan };
  for (const { option, quantity } of added) whole[option.id] += quantity;
  const options = Object.fromEntries(added.map(({ option, quantity }) => [option.id, quantity]));
  const common = { product, plan: whole, region, options, months: selection.months, monthly };
  return reckoned(document, { ...common, lines: withPeriodDiscount(product, lines, selection.months) });
}

/** What a running service costs for more months: at the monthly price that it keeps, whatever is sold now. */
export interface Kept {
  product: string;
  plan: string;
  months: number;
  monthly: Micro;
}

export interface KeptPrice {
  lines: Line[];
  amount: Micro;
  tax: Micro;
}

/** A month of a plan with these options at list price; null where that isn't sold any more. */
export function monthlyListed(
  document: CatalogueDocument,
  bought: { product: string; plan: string; options: Options },
): Micro | null {
  const product = document.products.find(({ id }) => id === bought.product);
  const plan = product?.plans.find(({ id }) => id === bought.plan);
  if (!product || !plan) return null;
  const added = Object.entries(bought.options).map(([id, quantity]) => {
    const option = product.options?.find((one) => one.id === id && fits(one, plan.id));
    return option ? multiply(parseYuan(option.price), BigInt(quantity)) : null;
  });
  if (added.includes(null)) return null;
  return sum([parseYuan(plan.price), ...added.map((amount) => amount!)]);
}

/** The price of a renewal, from the same rules; a coupon that is for renewals may take off from it. */
export function priceKept(document: CatalogueDocument, kept: Kept, discount?: Discount): KeptPrice {
  const product = document.products.find(({ id }) => id === kept.product);
  const plan = product?.plans.find(({ id }) => id === kept.plan);
  const name = (locale: 'zh' | 'en') =>
    `${product?.name[locale] ?? kept.product} ${plan?.name[locale] ?? kept.plan}`;
  const text = {
    zh: `续费 ${name('zh')}，${kept.months} 个月`,
    en: `Renewal of ${name('en')}, ${kept.months} month(s)`,
  };
  const full = [{ text, amount: multiply(kept.monthly, BigInt(kept.months)) }];
  const lines = product ? withPeriodDiscount(product, full, kept.months) : full;
  if (discount) {
    requireScope(discount, [kept]);
    lines.push({ text: discount.name, amount: -taken(discount, sum(lines.map(({ amount }) => amount))) });
  }
  const amount = sum(lines.map((line) => line.amount));
  return { lines, amount, tax: taxIn(document, amount) };
}

/** The tax that an amount contains, to the nearest fen. */
export function taxIn(document: Pick<CatalogueDocument, 'tax'>, amount: Micro): Micro {
  // Of 10,000.
  const rate = BigInt(document.tax?.rate.slice(2).padEnd(4, '0') ?? 0);
  return nearestFen((amount * rate) / (10_000n + rate));
}

function offered(document: CatalogueDocument, selection: Selection) {
  const product = document.products.find(({ plans }) => plans.some(({ id }) => id === selection.plan));
  const plan = product?.plans.find(({ id }) => id === selection.plan);
  if (!product || !plan)
    throw problem['plan-unknown']({}, { errors: [{ field: 'plan', message: selection.plan }] });
  const region = document.regions.find(({ id }) => id === selection.region);
  if (!region || !plan.regions.includes(region.id)) {
    throw problem['region-unknown']({}, { errors: [{ field: 'region', message: selection.region }] });
  }
  return { product, plan, region };
}

function chosenOptions(product: Product, plan: Plan, wanted: Options) {
  return Object.entries(wanted)
    .filter(([, quantity]) => quantity !== 0)
    .map(([id, quantity]) => {
      const field = { errors: [{ field: `options.${id}`, message: String(quantity) }] };
      const option = product.options?.find((one) => one.id === id && fits(one, plan.id));
      if (!option) throw problem['option-unknown']({}, field);
      const { step, max } = option;
      if (!Number.isInteger(quantity) || quantity < 0 || quantity > max || quantity % step !== 0)
        throw problem['option-quantity']({ step, max }, field);
      return { option, quantity, monthly: multiply(parseYuan(option.price), BigInt(quantity)) };
    });
}

function withPeriodDiscount(product: Product, lines: Line[], months: number): Line[] {
  const found = product.period_discounts?.find((one) => one.months === months);
  if (!found) return [...lines];
  const whole = sum(lines.map(({ amount }) => amount));
  const text = {
    zh: `${months} 个月付优惠 ${found.percent}%`,
    en: `${found.percent} % off for ${months} months at once`,
  };
  return [...lines, { text, amount: -share(whole, percentOff(found.percent)) }];
}

function discounted(document: CatalogueDocument, full: Piece[], discount: Discount) {
  const inScope = requireScope(
    discount,
    full.map(({ product, plan }) => ({ product: product.id, plan: plan.id })),
  );
  const weights = full.map((piece, i) => (inScope[i] ? piece.amount : 0n));
  const off = taken(discount, sum(weights));
  const parts = splitFen(off, weights);
  const pieces = full.map((piece, i) => {
    if (parts[i] === 0n) return { ...piece };
    const lines = [...piece.lines, { text: discount.name, amount: -parts[i]! }];
    return reckoned(document, { ...piece, lines });
  });
  return { pieces, off };
}

/** Which of these a coupon is for; throws when it is for none. */
function requireScope(discount: Discount, bought: readonly { product: string; plan: string }[]): boolean[] {
  const holds = (scope: readonly string[], id: string) => scope.length === 0 || scope.includes(id);
  const inScope = bought.map(
    ({ product, plan }) => holds(discount.products, product) && holds(discount.plans, plan),
  );
  if (!inScope.includes(true))
    throw problem['coupon-scope']({}, { errors: [{ field: 'coupon', message: 'scope' }] });
  return inScope;
}

function taken({ off }: Discount, whole: Micro): Micro {
  const wanted = 'amount' in off ? off.amount : share(whole, off.basisPoints);
  return wanted < whole ? wanted : whole;
}

function share(whole: Micro, points: number): Micro {
  const part = nearestFen((whole * BigInt(points)) / 10_000n);
  return part < whole ? part : whole;
}

function reckoned(document: CatalogueDocument, piece: Omit<Piece, 'amount' | 'tax'>): Piece {
  const amount = sum(piece.lines.map((line) => line.amount));
  return { ...piece, amount, tax: taxIn(document, amount) };
}

/** Refuses what no column holds. */
function sum(amounts: readonly Micro[]): Micro {
  return multiply(
    amounts.reduce((total, amount) => total + amount, 0n),
    1n,
  );
}
