/**
 * Money is a bigint of micro-yuan (1 CNY = 1,000,000). JSON carries decimal strings of yuan.
 * No float ever touches money.
 */

export type Micro = bigint;

const SCALE = 1_000_000n;
/** What a PostgreSQL bigint holds; anything beyond is refused before it gets there. */
export const MICRO_MAX = 2n ** 63n - 1n;

export class MoneyError extends Error {}

function bounded(value: Micro): Micro {
  if (value > MICRO_MAX || value < -MICRO_MAX) throw new MoneyError('amount out of range');
  return value;
}

/** Reads "12", "12.3" or "-0.000001" (yuan). Throws MoneyError on anything else, commas and exponents included. */
export function parseYuan(text: string): Micro {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new MoneyError('not a decimal amount');
  const micro = BigInt(match[2]!) * SCALE + BigInt((match[3] ?? '').padEnd(6, '0'));
  return bounded(match[1] ? -micro : micro);
}

/** Decimal yuan with at least two places: 1500000n → "1.50", 1n → "0.000001". */
export function formatYuan(micro: Micro): string {
  const sign = micro < 0n ? '-' : '';
  const abs = micro < 0n ? -micro : micro;
  const fraction = (abs % SCALE)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${sign}${abs / SCALE}.${fraction}`;
}

/** For edges that speak fen (1/100 yuan): refuses what isn't whole fen. */
export function toFen(micro: Micro): bigint {
  if (micro % 10_000n !== 0n) throw new MoneyError('not whole fen');
  return micro / 10_000n;
}

export function multiply(price: Micro, quantity: bigint): Micro {
  return bounded(price * quantity);
}

/** The part of `total` earned after `elapsed` of `whole` (same unit, both ≥ 0); never more than `total`. */
export function proportion(total: Micro, elapsed: bigint, whole: bigint): Micro {
  if (elapsed <= 0n) return 0n;
  if (elapsed >= whole) return total;
  return (total * elapsed) / whole;
}

/**
 * Parts of `total` in proportion to `weights` (none negative), by largest remainder: they sum to the total exactly
 * (F30). Weights of nothing but zero: all of it is the first part.
 */
export function split(total: Micro, weights: readonly bigint[]): Micro[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, i) => (i === 0 ? total : 0n));
  const sign = total < 0n ? -1n : 1n;
  const size = total * sign;
  const parts = weights.map((weight) => (size * weight) / whole);
  const left = Number(size - parts.reduce((sum, part) => sum + part, 0n));
  const byRemainder = weights
    .map((weight, i) => ({ i, rest: (size * weight) % whole }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  for (const { i } of byRemainder.slice(0, left)) parts[i] = parts[i]! + 1n;
  return parts.map((part) => part * sign);
}

/** Micro-yuan. */
export const FEN = 10_000n;

/**
 * The nearest whole fen; half a fen goes up. For amounts that aren't negative. What a customer pays once (a part of a
 * price, of a period, a percentage off) is rounded by it and nothing else; usage is charged to the micro-yuan.
 */
export function nearestFen(amount: Micro): Micro {
  return ((amount + FEN / 2n) / FEN) * FEN;
}

/** Without the fraction of a fen: for what mustn't become more. */
export function wholeFen(amount: Micro): Micro {
  return amount - (amount % FEN);
}

/** As `split`, in whole fen where the total and all weights are: no part exceeds its weight when the total doesn't exceed them all. */
export function splitFen(total: Micro, weights: readonly Micro[]): Micro[] {
  const unit = [total, ...weights].every((amount) => amount % FEN === 0n) ? FEN : 1n;
  return split(total / unit, weights).map((part) => part * unit);
}
