import type { Ctx } from '#kernel/ctx.ts';
import type { Bus } from '#kernel/events.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import '#modules/federation/index.ts';
import { noticeSend } from './notice-send.ts';

const PROVIDERS: Record<'oidc' | 'qq' | 'wechat' | 'github', LocalizedText> = {
  oidc: { zh: '企业', en: 'company' },
  qq: { zh: 'QQ', en: 'QQ' },
  wechat: { zh: '微信', en: 'WeChat' },
  github: { zh: 'GitHub', en: 'GitHub' },
};

/** Whoever owns an account is told by whom it can be signed in to, and when that changes. */
export function signInTold(bus: Bus): void {
  bus.on('binding.changed', async (tx, ctx, event) => {
    const { customerId, userId, email, locale, provider, nickname, bound } = event;
    await noticeSend(tx, ctx, {
      kind: bound ? 'binding-added' : 'binding-removed',
      dedupe: `binding:${event.bindingId}:${bound}`,
      to: { customerId, userId, email, locale },
      values: { provider: PROVIDERS[provider][locale], nickname, at: at(ctx) },
    });
  });
  bus.on('user.phone-unset', async (tx, ctx, event) => {
    const { customerId, userId, email, locale, shown, why } = event;
    await noticeSend(tx, ctx, {
      kind: why === 'claimed' ? 'phone-claimed' : 'phone-removed',
      dedupe: `phone-unset:${userId}:${ctx.now.toISOString()}`,
      to: { customerId, userId, email, locale },
      values: { shown, at: at(ctx) },
    });
  });
}

function at(ctx: Ctx): string {
  return wallClock(ctx.now, ctx.brand.zone);
}
