import type { Bus } from '#kernel/events.ts';
import { wallClock } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from './notice-send.ts';

/** What room keys, below, wants told: whoever owns the account hears of each new key. */
export function subscribeKeys(bus: Bus): void {
  bus.on('key.made', async (tx, ctx, { customerId, keyId, name }) => {
    const { user_id: userId, email, locale } = await customerRead(tx, customerId);
    const what = locale === 'zh' ? `新建了 API 密钥“${name}”` : `the API key “${name}” was made`;
    await noticeSend(tx, ctx, {
      kind: 'security-changed',
      dedupe: `security:key:${keyId}`,
      to: { customerId, userId, email, locale },
      values: { what, at: wallClock(ctx.now, ctx.brand.zone) },
    });
  });
}
