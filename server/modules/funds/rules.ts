import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { addDays } from '#kernel/time.ts';

export const problem = problems({
  'freeze-not-agreed': {
    status: 409,
    title: {
      zh: '该客户接受的条款没有冻结资金的约定',
      en: 'The terms of this customer know no freezing of money',
    },
    remedy: { zh: '请改用条款允许的措施。', en: 'Use a measure that they allow.' },
  },
  'freeze-reason-unknown': {
    status: 422,
    title: { zh: '条款没有这个冻结理由', en: 'The terms don’t name this reason' },
    remedy: { zh: '可选理由：{reasons}。', en: 'They name {reasons}.' },
  },
  'freeze-above-balance': {
    status: 422,
    title: { zh: '余额不足以冻结这个金额', en: 'There is less in the balance than was to be frozen' },
    remedy: { zh: '现有余额 {cash} 元。', en: 'There is CNY {cash}.' },
  },
  'withdrawal-not-agreed': {
    status: 403,
    title: { zh: '您接受的条款不支持余额提现', en: 'The terms that you accepted pay no balance out' },
    remedy: { zh: '余额可继续用于购买和续费。', en: 'The balance can be used to buy and renew.' },
  },
  'withdrawal-open': {
    status: 409,
    title: { zh: '已有一笔提现在处理中', en: 'A withdrawal is under way already' },
    remedy: { zh: '请等它完成或先取消它。', en: 'Wait for it, or cancel it first.' },
  },
  'withdrawal-owing': {
    status: 409,
    title: { zh: '还有欠款未结清', en: 'Something is still owed' },
    remedy: { zh: '请先结清欠款 {owed} 元。', en: 'Settle the CNY {owed} that is owed first.' },
  },
  'withdrawal-over': {
    status: 409,
    title: { zh: '这笔提现已经处理', en: 'This withdrawal has been dealt with' },
    remedy: { zh: '请刷新查看它的当前状态。', en: 'Reload and look at its state.' },
  },
  'bank-account-needed': {
    status: 422,
    title: { zh: '需要已核实的银行账户', en: 'A verified bank account is needed' },
    remedy: {
      zh: '其中 {amount} 元无法原路退回，请先添加银行账户并等待核实。',
      en: 'CNY {amount} can’t go back the way it came; add a bank account and wait until it is verified.',
    },
  },
  'bank-account-there': {
    status: 409,
    title: { zh: '已有一个银行账户', en: 'There is a bank account already' },
    remedy: { zh: '请先移除它再添加新的。', en: 'Remove it before you add another one.' },
  },
  'bank-reference-used': {
    status: 409,
    title: { zh: '这个银行流水号已登记过', en: 'This bank reference is on record already' },
    remedy: { zh: '请核对流水号。', en: 'Check the reference.' },
  },
  'appeal-too-late': {
    status: 409,
    title: { zh: '已过申诉期限或已申诉过', en: 'It is too late to appeal, or an appeal was made already' },
    remedy: {
      zh: '如有新的证据，请联系客服。',
      en: 'If there is new evidence, write to support.',
    },
  },
  'freeze-outcome-impossible': {
    status: 409,
    title: { zh: '这笔冻结现在不能这样处理', en: 'This freeze can’t be decided like that now' },
    remedy: {
      zh: '请刷新查看它的当前状态；申诉期内未申诉的冻结，期满后才能继续冻结或退回。',
      en: 'Reload and look at its state; before the time to appeal is over only lifting is possible.',
    },
  },
});

/** A withdrawal that brings what leaves to one customer within 24 hours above this takes two of the staff. */
export const TWO_STAFF_ABOVE: Micro = 1_000_000_000n;

export interface Source {
  paymentId: string;
  /** What of it has not gone back yet. */
  left: Micro;
  paidAt: Date;
}

export interface Way {
  paymentId: string | null;
  amount: Micro;
}

/**
 * Where money goes: back the way it came, the newest payment first, up to what came from there; the rest (`paymentId`
 * null) to the bank account. The parts sum to the amount. `sources` are those that their channels still take back.
 */
export function ways(amount: Micro, sources: Source[]): Way[] {
  const result: Way[] = [];
  let left = amount;
  const usable = sources.filter((source) => source.left > 0n);
  for (const source of usable.sort((a, b) => b.paidAt.getTime() - a.paidAt.getTime())) {
    if (left === 0n) break;
    const part = source.left < left ? source.left : left;
    result.push({ paymentId: source.paymentId, amount: part });
    left -= part;
  }
  if (left > 0n) result.push({ paymentId: null, amount: left });
  return result;
}

export type Outcome = 'lift' | 'hold' | 'return';

interface Standing {
  state: 'frozen' | 'appealed' | 'held' | 'lifted' | 'returned';
  appealUntil: Date;
}

/**
 * Lifting is always possible while money is frozen. Holding on and returning it to its source wait until the customer
 * has been heard: an appeal was made, or the time for one is over.
 */
export function outcomePossible({ state, appealUntil }: Standing, outcome: Outcome, now: Date): boolean {
  if (state === 'lifted' || state === 'returned') return false;
  if (outcome === 'lift') return true;
  const heard = state !== 'frozen' || now >= appealUntil;
  return heard && !(outcome === 'hold' && state === 'held');
}

/** The same time of day, so many natural days after the freeze was told. */
export function appealUntil(placedAt: Date, days: number, zone: string): Date {
  return addDays(placedAt, days, zone);
}

/** What a freeze takes: the amount asked for, or all there is. Null when that can't be had. */
export function frozenAmount(cash: Micro, asked: Micro | null): Micro | null {
  const amount = asked ?? cash;
  return amount > 0n && amount <= cash ? amount : null;
}
