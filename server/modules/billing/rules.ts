import { formatYuan, type Micro, multiply, nearestFen, proportion } from '#kernel/money.ts';
import { type Problem, problems } from '#kernel/problem.ts';
import { addMonthsAnchored } from '#kernel/time.ts';

export const problem = problems({
  'period-not-sold': {
    status: 422,
    title: { zh: '不能购买这个时长', en: 'This period is not sold' },
    remedy: { zh: '可选时长：{months} 个月。', en: 'Possible: {months} month(s).' },
  },
  'too-many-pieces': {
    status: 422,
    title: { zh: '一次下单的数量过多', en: 'Too many at once' },
    remedy: { zh: '一次最多 {most} 台。', en: 'Order {most} at most.' },
  },
  'same-plan': {
    status: 422,
    title: { zh: '新配置与现在相同', en: 'That is what the service is already' },
    remedy: { zh: '请选择别的套餐或选配。', en: 'Choose another plan or other options.' },
  },
  'other-product': {
    status: 422,
    title: { zh: '不能换成别的产品', en: 'A service stays of its product' },
    remedy: { zh: '请选择同一产品的套餐。', en: 'Choose a plan of the same product.' },
  },
  'paid-by-another': {
    status: 409,
    title: {
      zh: '这段时间的费用由原客户支付，不能换成更小的配置',
      en: 'What is paid ahead was paid by who had it before, and can’t become time or money of yours',
    },
    remedy: {
      zh: '请在下次续费后再变更；升级不受影响。',
      en: 'Change to less once you have renewed it; a larger plan is possible now.',
    },
  },
  'nothing-refunded': {
    status: 409,
    title: { zh: '按条款不退款', en: 'By the terms nothing is refunded' },
    remedy: {
      zh: '如仍要终止，请确认放弃剩余的 {left} 元。',
      en: 'To end it all the same, confirm that the remaining CNY {left} is given up.',
    },
  },
  'no-time-for-it': {
    status: 409,
    title: { zh: '余值无法折算为时长', en: 'What is left can’t be turned into time' },
    remedy: {
      zh: '新套餐免费，按条款不退款，请等到期后再换。',
      en: 'The new plan is free and nothing is refunded by the terms; change at the end of the period.',
    },
  },
});

/** The refusal of a refund, by the clause that the terms have for it. */
export function nothingRefunded(left: Micro, clause: unknown): Problem {
  return problem['nothing-refunded']({ left: formatYuan(left) }, { clause });
}

export interface Accrual {
  startsAt: Date;
  endsAt: Date;
  amount: Micro;
  /** Earned before startsAt, and part of the amount. */
  base?: Micro;
}

/** What of a paid period is earned at an instant: by the millisecond, all of it at the end. */
export function earnedAt({ startsAt, endsAt, amount, base = 0n }: Accrual, now: Date): Micro {
  return base + passed(amount - base, startsAt, endsAt, now);
}

/** The part of an amount for a stretch of time that has passed at an instant, rounded down. */
export function passed(amount: Micro, from: Date, to: Date, now: Date): Micro {
  return proportion(amount, BigInt(now.getTime() - from.getTime()), BigInt(to.getTime() - from.getTime()));
}

/**
 * The price of the time from one instant to another: whole months by the anchor day, and what is left of a month in
 * proportion to that month, to the nearest fen.
 */
export function timeUpTo(
  monthly: Micro,
  span: { from: Date; until: Date; anchorDay: number; zone: string },
): Micro {
  const { from, until, anchorDay, zone } = span;
  const after = (months: number) => addMonthsAnchored(from, months, anchorDay, zone);
  let months = 0;
  while (after(months + 1) <= until) months++;
  const [begins, ends] = [months === 0 ? from : after(months), after(months + 1)];
  const part = proportion(
    monthly,
    BigInt(until.getTime() - begins.getTime()),
    BigInt(ends.getTime() - begins.getTime()),
  );
  return multiply(monthly, BigInt(months)) + nearestFen(part);
}
