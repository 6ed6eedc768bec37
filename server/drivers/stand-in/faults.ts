/**
 * What a local payment gateway does wrong when a test asks for it. Only code in the same process can set these;
 * no route does.
 */
export interface GatewayFaults {
  /** Notifications are lost and never tried again. */
  drop: boolean;
  /** Each notification is sent so many times at once. */
  duplicate: number;
  /** Each notification waits so long before it is sent. */
  delayMs: number;
  /** Nothing is sent until this ends and `deliverDue` is called. */
  hold: boolean;
  /** What is due is sent one after another, the newest first. */
  newestFirst: boolean;
  /** Notifications and answers are changed after signing. */
  tamper: boolean;
  /** Notifications and answers are signed by a key that isn't the gateway's. */
  foreignKey: boolean;
  /** Truly signed notifications that differ from the trade; the amount in yuan with two decimals. */
  wrongAmount: string | null;
  wrongSeller: string | null;
  wrongApp: string | null;
  /** API calls take effect, but are answered with HTTP 500, not answered at all, cut off. */
  status500: boolean;
  timeout: boolean;
  hangUp: boolean;
  /** API answers truly signed, but about another trade. */
  otherTrade: boolean;
  /** Refunds stay under way until this ends. */
  refundSlow: boolean;
  /** The merchant's account at the channel has nothing to refund from. */
  refundBroke: boolean;
  /** Changes the lines of a bill before it is written: takes some out, puts others in, changes amounts. */
  bill: ((rows: StandInBillRow[]) => StandInBillRow[]) | null;
}

/** A line of a bill before it gets the channel's layout; amounts in fen, always positive. */
export interface StandInBillRow {
  kind: 'payment' | 'refund';
  outTradeNo: string;
  tradeNo: string;
  outRefundNo: string;
  refundNo: string;
  fen: bigint;
  /** What the channel keeps; negative where it gives back. */
  feeFen: bigint;
  subject: string;
  /** "2026-03-01 08:00:00" in Shanghai. */
  at: string;
}

export function noFaults(): GatewayFaults {
  return {
    drop: false,
    duplicate: 1,
    delayMs: 0,
    hold: false,
    newestFirst: false,
    tamper: false,
    foreignKey: false,
    wrongAmount: null,
    wrongSeller: null,
    wrongApp: null,
    status500: false,
    timeout: false,
    hangUp: false,
    otherTrade: false,
    refundSlow: false,
    refundBroke: false,
    bill: null,
  };
}

/** 0.6 %, to the nearest fen. */
export function feeOf(fen: bigint): bigint {
  return (fen * 6n + 500n) / 1000n;
}

/** "12.30" → 1230n; the stand-ins check what comes from outside before. */
export function fenOf(yuan: string): bigint {
  return BigInt(yuan.replace('.', ''));
}

/** 1230n → "12.30". */
export function yuanOf(fen: bigint): string {
  const [sign, positive] = fen < 0n ? ['-', -fen] : ['', fen];
  return `${sign}${positive / 100n}.${String(positive % 100n).padStart(2, '0')}`;
}
