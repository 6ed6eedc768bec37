import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { nextMidnight } from '#kernel/time.ts';
import type { Parameters } from '#modules/terms/index.ts';

const PPM = 1_000_000n;

export const problem = problems({
  'debt-closed': {
    status: 409,
    title: { zh: '这笔欠款已结清', en: 'This debt is settled' },
    remedy: { zh: '无需处理。', en: 'Nothing is to be done.' },
  },
});

/** "0.0005" (a fraction a day, at most six decimals) as millionths; 0 where there is none. */
export function ppmOf(perDay: string | undefined): number {
  if (perDay === undefined) return 0;
  return Number((perDay.split('.')[1] ?? '').padEnd(6, '0'));
}

/** The first midnight that counts for a late fee on what is to be paid at `dueAt`; null where none does yet. */
export function feeBegins(fee: Parameters['late_fee'], dueAt: Date, zone: string): Date | null {
  return ppmOf(fee?.per_day) > 0 && fee?.begins !== 'end' ? nextMidnight(dueAt, zone) : null;
}

/**
 * Simple late fee on an unpaid principal for so many natural days (七牛云 7.4): never on fees. `rest` is what earlier days
 * left below a micro-yuan, in millionths of one, and goes in again, so that any split of the days gives the same sum.
 */
export function lateFee(
  principal: Micro,
  ppm: number,
  days: number,
  rest: bigint,
): { fee: Micro; rest: bigint } {
  const exact = principal * BigInt(ppm) * BigInt(days) + rest;
  return { fee: exact / PPM, rest: exact % PPM };
}

export interface Owed {
  principal: Micro;
  fee: Micro;
}

/** What money settles of one debt: the principal before the fee, so that the fee stops growing first. */
export function settlement(owed: Owed, cash: Micro): Owed {
  const principal = cash < owed.principal ? cash : owed.principal;
  const left = cash - principal;
  return { principal, fee: left < owed.fee ? left : owed.fee };
}
