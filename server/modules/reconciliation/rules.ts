import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { FindingKind } from './tables.ts';

/** The channels' natural days; Alipay and WeChat Pay both bill by Beijing's, wherever the brand is. */
export const BILL_ZONE = 'Asia/Shanghai';
/** Hours of the next day from which a bill is asked for, and minutes until it is asked for again. */
export const BILL_HOUR = 10;
export const BILL_AGAIN_MINUTES = 30;
/** So often a day is looked at again by itself while the channel is asked about what it found. */
export const LOOKS = 6;
/** A channel keeps well below this; above it a fee was taken that nobody agreed to. */
const FEE_CEILING_PERCENT = 1n;

export const problem = problems({
  'finding-ended': {
    status: 409,
    title: { zh: '这一差异已处理', en: 'This finding has been dealt with' },
    remedy: { zh: '请刷新列表。', en: 'Reload the list.' },
  },
});

/** One line of a bill, as the port gives it. */
export interface Billed {
  kind: 'payment' | 'refund';
  outTradeNo: string;
  outRefundNo: string | null;
  amount: Micro;
  fee: Micro;
}

export interface OurTrade {
  id: string;
  number: string;
  state: 'pending' | 'paid' | 'closed' | 'held' | 'returned';
  paid: Micro | null;
}

export interface OurRefund {
  id: string;
  number: string;
  state: 'requested' | 'unknown' | 'processing' | 'done' | 'failed';
  amount: Micro;
}

export interface Finding {
  kind: FindingKind;
  number: string;
  subject: string | null;
  ours: Micro | null;
  theirs: Micro | null;
  detail: string | null;
}

export interface Books {
  /** What we know of the numbers in the bill. */
  trades: OurTrade[];
  refunds: OurRefund[];
  /** What the channel, by our books, settled on that day. */
  tradesOfDay: OurTrade[];
  refundsOfDay: OurRefund[];
}

/** The bill of a day against our books. Every line and every settlement of ours is matched, or found to differ. */
export function compare(bill: Billed[], books: Books): { matched: number; findings: Finding[] } {
  const findings: Finding[] = [];
  let matched = 0;
  const seen = new Set<string>();
  const trades = new Map(books.trades.map((trade) => [trade.number, trade]));
  const refunds = new Map(books.refunds.map((refund) => [refund.number, refund]));
  for (const line of bill) {
    const isRefund = line.kind === 'refund';
    const number = isRefund ? refundNumber(line) : line.outTradeNo;
    const twice = seen.has(`${line.kind} ${number}`);
    seen.add(`${line.kind} ${number}`);
    const finding = isRefund
      ? refundFinding(line, number, refunds.get(number), twice)
      : tradeFinding(line, trades.get(number), twice);
    if (finding) findings.push(finding);
    else matched++;
    if (line.fee * 100n > line.amount * FEE_CEILING_PERCENT && line.fee > 10_000n) {
      findings.push({ kind: 'fee-high', number, subject: null, ours: null, theirs: line.fee, detail: null });
    }
  }
  for (const { id, number, paid } of books.tradesOfDay) {
    if (seen.has(`payment ${number}`)) continue;
    findings.push({ kind: 'missing-there', number, subject: id, ours: paid, theirs: null, detail: null });
  }
  for (const { id, number, amount } of books.refundsOfDay) {
    if (seen.has(`refund ${number}`)) continue;
    const kind = 'refund-missing-there';
    findings.push({ kind, number, subject: id, ours: amount, theirs: null, detail: null });
  }
  return { matched, findings };
}

/** A refund that has no number of ours is told apart by its trade. */
export function refundNumber(line: Billed): string {
  return line.outRefundNo || `${line.outTradeNo}/`;
}

function tradeFinding(line: Billed, trade: OurTrade | undefined, twice: boolean): Finding | null {
  const found = { number: line.outTradeNo, subject: trade?.id ?? null, theirs: line.amount };
  if (!trade) return { ...found, kind: 'not-ours', ours: null, detail: null };
  const ours = trade.paid;
  if (twice) return { ...found, kind: 'amount-differs', ours, detail: 'twice in the bill' };
  if (trade.state === 'returned') return null;
  if (trade.state !== 'paid') return { ...found, kind: 'uncredited', ours: null, detail: trade.state };
  return ours === line.amount ? null : { ...found, kind: 'amount-differs', ours, detail: null };
}

function refundFinding(
  line: Billed,
  number: string,
  refund: OurRefund | undefined,
  twice: boolean,
): Finding | null {
  const found = { number, subject: refund?.id ?? null, theirs: line.amount };
  if (!refund) return { ...found, kind: 'refund-not-ours', ours: null, detail: line.outTradeNo };
  const ours = refund.amount;
  if (twice) return { ...found, kind: 'refund-differs', ours, detail: 'twice in the bill' };
  if (refund.state === 'failed') return { ...found, kind: 'refund-differs', ours: null, detail: 'failed' };
  if (refund.state !== 'done') return { ...found, kind: 'refund-unsettled', ours, detail: refund.state };
  return ours === line.amount ? null : { ...found, kind: 'refund-differs', ours, detail: null };
}

/** What each is, and what to do about it. */
export const FINDING_TEXT: Record<FindingKind, { title: LocalizedText; remedy: LocalizedText }> = {
  'not-ours': {
    title: { zh: '账单有，我方没有这笔付款', en: 'In the bill, but no payment of ours' },
    remedy: {
      zh: '已转入挂账。请查明付款人后在“挂账”中入账或退回。',
      en: 'It is held. Find out who paid, then credit it or send it back among the held payments.',
    },
  },
  uncredited: {
    title: { zh: '渠道已收款，我方尚未入账', en: 'Paid at the channel, not credited here' },
    remedy: {
      zh: '已再次查询渠道，确认后自动入账；如为挂账，请在“挂账”中处理。',
      en: 'The channel has been asked again and it is credited once confirmed; if it is held, decide it there.',
    },
  },
  'missing-there': {
    title: { zh: '我方已入账，账单没有', en: 'Credited here, but not in the bill' },
    remedy: {
      zh: '请再次查询渠道并核对次日账单；仍没有的，联系渠道查单。',
      en: 'Ask the channel again and look at the next day’s bill; if it isn’t there either, take it up with the channel.',
    },
  },
  'amount-differs': {
    title: { zh: '金额不一致', en: 'The amounts differ' },
    remedy: {
      zh: '请核对渠道的交易详情，按实际到账补记或退回差额后说明原因。',
      en: 'Compare with the trade at the channel, correct or refund the difference, then say why.',
    },
  },
  'fee-high': {
    title: { zh: '手续费超过 1%', en: 'The fee is above 1 %' },
    remedy: { zh: '请与渠道合同核对费率。', en: 'Compare it with the contract with the channel.' },
  },
  'refund-not-ours': {
    title: { zh: '账单有，我方没有这笔退款', en: 'A refund in the bill that isn’t ours' },
    remedy: {
      zh: '有人在渠道后台直接退款。已列入挂账，请在那里记账。',
      en: 'Somebody refunded at the channel by hand. It is among the held payments: book it there.',
    },
  },
  'refund-unsettled': {
    title: { zh: '渠道已退款，我方尚未完结', en: 'Refunded at the channel, not settled here' },
    remedy: {
      zh: '已再次查询渠道，确认后自动完结。',
      en: 'The channel has been asked again; it is settled once confirmed.',
    },
  },
  'refund-missing-there': {
    title: { zh: '我方已退款，账单没有', en: 'Refunded here, but not in the bill' },
    remedy: {
      zh: '请核对前后一日的账单；仍没有的，联系渠道查单。',
      en: 'Look at the bills of the day before and after; if it isn’t there, take it up with the channel.',
    },
  },
  'refund-differs': {
    title: { zh: '退款金额或状态不一致', en: 'The refund differs in amount or state' },
    remedy: {
      zh: '请核对渠道的退款详情，更正后说明原因。',
      en: 'Compare with the refund at the channel, correct it, then say why.',
    },
  },
};
