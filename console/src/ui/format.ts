import { formatYuan, MoneyError, parseYuan } from '#kernel/money.ts';

export { parseYuan };

/** "1234.5" → "¥1,234.50"; the sign stands before the currency. Text in, text out: no float touches money. */
export function yuan(amount: string): string {
  const [whole = '0', fraction = '00'] = formatYuan(parseYuan(amount)).split('.');
  const negative = whole.startsWith('-');
  const grouped = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, ',');
  return `${negative ? '−' : ''}¥${grouped}.${fraction}`;
}

/** Rounded up to what can be paid: less than a fen is owed too. */
export function wholeFen(amount: string): string {
  return formatYuan(((parseYuan(amount) + 9_999n) / 10_000n) * 10_000n);
}

/** Rounded down to what can be paid out: of what is left, nobody is told more than they could get. */
export function fenDown(amount: string): string {
  return formatYuan((parseYuan(amount) / 10_000n) * 10_000n);
}

/** What `price` exceeds `balance` by, as decimal yuan; "0.00" when the balance suffices. */
export function shortfall(price: string, balance: string): string {
  const missing = parseYuan(price) - parseYuan(balance);
  return formatYuan(missing > 0n ? missing : 0n);
}

export function minus(balance: string, price: string): string {
  return formatYuan(parseYuan(balance) - parseYuan(price));
}

/** A typed amount as the API takes it, or null: digits, at most two decimals, more than nothing. */
export function typedYuan(text: string): string | null {
  const plain = text.trim();
  if (!/^\d{1,9}(\.\d{1,2})?$/.test(plain)) return null;
  try {
    const micro = parseYuan(plain);
    return micro > 0n ? formatYuan(micro) : null;
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

const STEPS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(value: number): string {
  let rest = value;
  let step = 0;
  while (rest >= 1024 && step < STEPS.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${short(rest)} ${STEPS[step]}`;
}

const RATES = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'];

export function bitRate(bitsPerSecond: number): string {
  let rest = bitsPerSecond;
  let step = 0;
  while (rest >= 1000 && step < RATES.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${short(rest)} ${RATES[step]}`;
}

export function percent(value: number): string {
  return `${short(value)} %`;
}

/** 512 → "512 MB", 2048 → "2 GB". */
export function megabytes(mb: number): string {
  return mb % 1024 === 0 ? `${mb / 1024} GB` : `${mb} MB`;
}

function short(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

/** Micro-yuan, as the ledger seals them: "-9900000" → "−¥9.90"; what is below a fen is shown as well. */
export function microYuan(micro: string): string {
  return yuan(formatYuan(BigInt(micro)));
}

/** Whole base units as a count of the unit that is priced: 1536 of 1024 → "1.5". At most six decimals. */
export function inUnits(quantity: string, size: string): string {
  const value = Number(quantity) / Number(size);
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
