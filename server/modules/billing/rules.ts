import { type Micro, proportion } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'period-not-sold': {
    status: 422,
    title: { zh: '不能购买这个时长', en: 'This period is not sold' },
    remedy: { zh: '可选时长：{months} 个月。', en: 'Possible: {months} month(s).' },
  },
});

export interface Accrual {
  startsAt: Date;
  endsAt: Date;
  amount: Micro;
}

/** What of a paid period is earned at an instant: by the second, all of it at the end. */
export function earnedAt(accrual: Accrual, now: Date): Micro {
  const elapsed = BigInt(now.getTime() - accrual.startsAt.getTime());
  const whole = BigInt(accrual.endsAt.getTime() - accrual.startsAt.getTime());
  return proportion(accrual.amount, elapsed, whole);
}
