import type { Bus } from '#kernel/events.ts';
import { pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { customerRead, userRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { deletionOpen } from './account-delete.ts';

/** What this room says itself is told here, to the person alone and not to the account's other members. */
export function subscribe(bus: Bus): void {
  bus.on('privacy.deletion', async (tx, ctx, event) => {
    const { locale, email } = await userRead(tx, event.userId);
    await noticeSend(tx, ctx, {
      kind: `deletion-${event.what}`,
      dedupe: `deletion-${event.what}:${event.requestId}`,
      to: { customerId: event.customerId, userId: event.userId, email, locale },
      values: { at: wallClock(event.actAt, ctx.brand.zone), reasons: event.reasons.join('\n') },
    });
  });
  bus.on('forecast.dates', async (tx, _ctx, { customerId, answer }) => {
    const { user_id: userId } = await customerRead(tx, customerId);
    const asked = await deletionOpen(tx, userId);
    if (!asked?.act_at) return;
    answer({
      at: asked.act_at,
      line: {
        act: 'privacy.erased',
        subject: { kind: 'privacy-request', id: asked.id, label: '' },
        cited: null,
        amount: null,
        money: null,
        facts: {},
      },
    });
  });
  bus.on('privacy.answered', async (tx, ctx, event) => {
    const { locale, email } = await userRead(tx, event.userId);
    const outcome = event.done ? { zh: '已处理', en: 'done' } : { zh: '未予处理', en: 'not done' };
    await noticeSend(tx, ctx, {
      kind: 'privacy-answered',
      dedupe: `privacy-answered:${event.requestId}`,
      to: { customerId: event.customerId, userId: event.userId, email, locale },
      values: { outcome: pick(outcome, locale), answer: event.answer },
    });
  });
}
