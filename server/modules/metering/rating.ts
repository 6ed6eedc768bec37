/**
 * What a month of one meter costs, exactly. Quantities are whole base units; a price is micro-yuan for `size` base
 * units, so that everything is counted in products (base units × micro-yuan) and divided once. Pure.
 *
 * The money of a month follows from its state alone: how it came about, in how many steps and in which order,
 * makes no difference. A charge is what the state has become worth since the last one.
 */

export interface Tier {
  /** Base units of the month up to which it goes, inclusive; null: no end. */
  upTo: bigint | null;
  /** Micro-yuan for `size` base units. */
  price: bigint;
}

export interface PriceList {
  /** Number of the tariff version. */
  tariff: number;
  /** Base units a month. */
  free: bigint;
  mode: 'graduated' | 'volume';
  tiers: Tier[];
}

/** All price lists of a meter, in the order in which they came into force. */
export interface PriceBook {
  /** Base units in one priced unit. */
  size: bigint;
  lists: PriceList[];
}

/** Where the month's quantity went. */
export interface MonthState {
  free: bigint;
  packages: { id: string; quantity: bigint }[];
  paid: { tariff: number; quantity: bigint }[];
}

export const EMPTY_MONTH: MonthState = { free: 0n, packages: [], paid: [] };

/** More (or, after a correction, less) was used while this tariff was in force and these packages could be used. */
export interface Usage {
  tariff: number;
  quantity: bigint;
  packages: { id: string; left: bigint }[];
}

/** A part of a charge: `product` is quantity × price, zero for what was free or prepaid. */
export type Part =
  | { kind: 'free'; quantity: bigint; product: 0n }
  | { kind: 'package'; package: string; quantity: bigint; product: 0n }
  | { kind: 'tier'; tariff: number; tier: number; quantity: bigint; price: bigint; product: bigint };

export interface Rated {
  state: MonthState;
  parts: Part[];
  /** Micro-yuan; below zero when less is owed than was charged. */
  amount: bigint;
  carriedIn: bigint;
  carriedOut: bigint;
}

/** Rates usage upon a month. Packages are used in the order given. Throws RangeError when less than nothing would be left. */
export function rate(book: PriceBook, before: MonthState, usage: Usage[]): Rated {
  const taken = new Map<string, bigint>();
  let state = before;
  for (const item of usage)
    state = item.quantity < 0n ? giveBack(state, item) : use(book, state, item, taken);
  const [from, to] = [placed(book, before), placed(book, state)];
  const [worthBefore, worthAfter] = [sumOf(from), sumOf(to)];
  return {
    state,
    parts: [...prepaidParts(before, state), ...tierParts(from, to)],
    amount: worthAfter / book.size - worthBefore / book.size,
    carriedIn: worthBefore % book.size,
    carriedOut: worthAfter % book.size,
  };
}

/** What the whole month is worth so far, in micro-yuan, floored once. */
export function worth(book: PriceBook, state: MonthState): bigint {
  return sumOf(placed(book, state)) / book.size;
}

function use(book: PriceBook, state: MonthState, usage: Usage, taken: Map<string, bigint>): MonthState {
  let left = usage.quantity;
  const take = (available: bigint) => {
    const part = available < left ? (available > 0n ? available : 0n) : left;
    left -= part;
    return part;
  };
  const list = listOf(book, usage.tariff);
  const free = state.free + take(list.free - state.free);
  let { packages } = state;
  for (const { id, left: available } of usage.packages) {
    const part = take(available - (taken.get(id) ?? 0n));
    if (part === 0n) continue;
    taken.set(id, (taken.get(id) ?? 0n) + part);
    packages = added(packages, (row) => row.id === id, { id, quantity: part });
  }
  const paid =
    left === 0n
      ? state.paid
      : added(state.paid, (row) => row.tariff === usage.tariff, { tariff: usage.tariff, quantity: left });
  return { free, packages, paid };
}

/** The opposite of `use`: what was paid for comes back first, then packages, the last one first, then free quota. */
function giveBack(state: MonthState, usage: Usage): MonthState {
  let left = -usage.quantity;
  const back = <T extends { quantity: bigint }>(row: T): T => {
    const part = row.quantity < left ? row.quantity : left;
    left -= part;
    return { ...row, quantity: row.quantity - part };
  };
  const own = (row: { tariff: number }) => row.tariff === usage.tariff;
  const first = state.paid.map((row) => (own(row) ? back(row) : row));
  const paid = first.map((row) => (own(row) ? row : back(row))).filter(({ quantity }) => quantity > 0n);
  const packages = state.packages
    .toReversed()
    .map(back)
    .toReversed()
    .filter(({ quantity }) => quantity > 0n);
  const { quantity: free } = back({ quantity: state.free });
  if (left > 0n) throw new RangeError('more is given back than was used');
  return { free, packages, paid };
}

function added<T extends { quantity: bigint }>(rows: T[], same: (row: T) => boolean, more: T): T[] {
  if (!rows.some(same)) return [...rows, more];
  return rows.map((row) => (same(row) ? { ...row, quantity: row.quantity + more.quantity } : row));
}

function listOf(book: PriceBook, tariff: number): PriceList {
  const found = book.lists.find((list) => list.tariff === tariff);
  if (!found) throw new RangeError(`there is no tariff ${tariff}`);
  return found;
}

type Placed = Extract<Part, { kind: 'tier' }>;

/** The paid quantity of a month in its tiers: tariff after tariff, each going on where the one before it ended. */
function placed(book: PriceBook, state: MonthState): Placed[] {
  const parts: Placed[] = [];
  let from = 0n;
  for (const list of book.lists) {
    const quantity = state.paid.find(({ tariff }) => tariff === list.tariff)?.quantity ?? 0n;
    if (quantity === 0n) continue;
    const to = from + quantity;
    list.tiers.forEach((tier, i) => {
      const part = list.mode === 'volume' ? reached(list, i, to) && quantity : overlap(list, i, from, to);
      if (!part) return;
      const { tariff } = list;
      parts.push({
        kind: 'tier',
        tariff,
        tier: i,
        quantity: part,
        price: tier.price,
        product: part * tier.price,
      });
    });
    from = to;
  }
  return parts;
}

function begins(list: PriceList, tier: number): bigint {
  return tier === 0 ? 0n : list.tiers[tier - 1]!.upTo!;
}

function reached(list: PriceList, tier: number, total: bigint): boolean {
  const { upTo } = list.tiers[tier]!;
  return total > begins(list, tier) && (upTo === null || total <= upTo);
}

function overlap(list: PriceList, tier: number, from: bigint, to: bigint): bigint {
  const { upTo } = list.tiers[tier]!;
  const low = from > begins(list, tier) ? from : begins(list, tier);
  const high = upTo === null || to < upTo ? to : upTo;
  return high > low ? high - low : 0n;
}

function sumOf(parts: Placed[]): bigint {
  return parts.reduce((sum, { product }) => sum + product, 0n);
}

/** Difference by tier; a late reading may move what came after it into another tier. */
function tierParts(before: Placed[], after: Placed[]): Placed[] {
  const same = (a: Placed) => (b: Placed) => a.tariff === b.tariff && a.tier === b.tier;
  const gone = before.filter((part) => !after.some(same(part))).map((part) => ({ ...part, quantity: 0n }));
  return [...after, ...gone]
    .map((part) => {
      const quantity = part.quantity - (before.find(same(part))?.quantity ?? 0n);
      return { ...part, quantity, product: quantity * part.price };
    })
    .filter(({ quantity }) => quantity !== 0n);
}

function prepaidParts(before: MonthState, after: MonthState): Part[] {
  const ids = new Set([...before.packages, ...after.packages].map(({ id }) => id));
  const of = (state: MonthState, id: string) => state.packages.find((row) => row.id === id)?.quantity ?? 0n;
  const parts: Part[] = [
    { kind: 'free', quantity: after.free - before.free, product: 0n },
    ...[...ids].map((id) => ({
      kind: 'package' as const,
      package: id,
      quantity: of(after, id) - of(before, id),
      product: 0n as const,
    })),
  ];
  return parts.filter(({ quantity }) => quantity !== 0n);
}
