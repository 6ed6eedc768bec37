import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';

/** What was paid in money for what a claim is about: an order, or a charge for usage. */
export interface Fee {
  id: string;
  at: Date;
  paid: Micro;
}

export type Basis =
  | { basis: 'fees-of-that-service'; months_before_claim: number }
  | { basis: 'fee-of-that-purchase' }
  | { basis: 'annual-fee-of-that-service'; percent: number };

/** From when fees count, and earlier grants count against the cap; null: only those of the purchase itself. */
export function windowStart(basis: Basis, claimAt: Date, zone: string): Date | null {
  const back = (months: number) => addMonthsAnchored(claimAt, -months, dayOfMonth(claimAt, zone), zone);
  if (basis.basis === 'fees-of-that-service') return back(basis.months_before_claim);
  return basis.basis === 'annual-fee-of-that-service' ? back(12) : null;
}

/**
 * The fees by which a claim is capped, and the cap. 蓝天云 7.1: what was paid for that service in the months before;
 * 亚云 8.5: the fee of that purchase; 七牛云 8.4: a part of what was paid in the year before. Less than a fen is left out.
 */
export function capOf(
  basis: Basis,
  fees: readonly Fee[],
  of: { claimAt: Date; zone: string; orderId: string | null },
): { counted: Fee[]; cap: Micro } {
  const from = windowStart(basis, of.claimAt, of.zone);
  const counted = fees.filter(({ id, at, paid }) => {
    if (paid <= 0n || at > of.claimAt) return false;
    return from ? at >= from : id === of.orderId;
  });
  const sum = counted.reduce((total, { paid }) => total + paid, 0n);
  const part = basis.basis === 'annual-fee-of-that-service' ? (sum * BigInt(basis.percent)) / 100n : sum;
  return { counted, cap: part - (part % 10_000n) };
}

/** A grant above this takes two of the staff. */
export const TWO_STAFF_ABOVE: Micro = 1_000_000_000n;

export const problem = problems({
  'claim-not-in-terms': {
    status: 409,
    title: { zh: '条款没有约定赔偿上限和索赔', en: 'The terms know no cap, and no claim by it' },
    remedy: { zh: '请与客服协商。', en: 'Talk to support.' },
  },
  'claim-needs-order': {
    status: 422,
    title: { zh: '请指明是哪一次购买', en: 'Say which purchase it is about' },
    remedy: {
      zh: '按条款 {clause}，上限是那一次购买的费用。',
      en: 'By clause {clause} the cap is the fee of that purchase.',
    },
  },
  'claim-above-cap': {
    status: 422,
    title: { zh: '超过赔偿上限', en: 'More than the terms allow' },
    remedy: {
      zh: '按条款 {clause}，最多还可赔偿 {left} 元。',
      en: 'By clause {clause} at most CNY {left} is left.',
    },
  },
  'claim-decided': {
    status: 409,
    title: { zh: '这项索赔已由同事处理', en: 'A colleague has decided this claim' },
    remedy: { zh: '请刷新查看结果。', en: 'Reload and look at the outcome.' },
  },
  'claim-above-claimed': {
    status: 422,
    title: { zh: '超过客户索赔的金额', en: 'More than was claimed' },
    remedy: { zh: '最多可通过 {claimed} 元。', en: 'At most CNY {claimed} can be granted.' },
  },
  'refusal-clause-missing': {
    status: 422,
    title: { zh: '客户的条款没有这一条', en: 'The customer’s terms have no such clause' },
    remedy: { zh: '可选依据：{choices}。', en: 'They have {choices}.' },
  },
});
