import type { Ctx } from '#kernel/ctx.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import type { Customer } from '#modules/identity/index.ts';

interface Moving {
  service: { id: string; label: string };
  from: Micro;
  to: Micro;
  fromAt: Date;
}

export function addressOf({ id, user_id, email, locale }: Customer) {
  return { customerId: id, userId: user_id, email, locale };
}

const KEPT = {
  zh: '已经购买的服务按购买时的价格续费，不受影响。',
  en: 'Services that you have keep the price at which they were bought.',
};

/** What it means for the services that run: each with its old and its new price, and from when. */
export function runningText(ctx: Ctx, locale: 'zh' | 'en', moves: readonly Moving[]): string {
  if (moves.length === 0) return KEPT[locale];
  const lead = {
    zh: '下列服务从所列时间起的下一次续费按新价（已付的周期不变）：',
    en: 'These services pay the new price from their next renewal at or after the time shown; what is paid stays as it is:',
  };
  const lines = moves.map(({ service, from, to, fromAt }) => {
    const at = wallClock(fromAt, ctx.brand.zone);
    const [old, now] = [formatYuan(from), formatYuan(to)];
    return locale === 'zh'
      ? `${nameOf(service)}：每月 ${old} 元 → ${now} 元，${at} 起`
      : `${nameOf(service)}: CNY ${old} → ${now} a month, from ${at}`;
  });
  return [lead[locale], ...lines].join('\n');
}

function nameOf({ label, id }: Moving['service']): string {
  return label || id;
}
