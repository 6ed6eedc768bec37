import type { Bus } from '#kernel/events.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import type { SecurityChange } from '#modules/factors/index.ts';
import { noticeSend } from './notice-send.ts';

const CHANGES: Record<SecurityChange, LocalizedText> = {
  'password-changed': { zh: '修改了密码', en: 'the password was changed' },
  'password-recovered': {
    zh: '通过找回密码设置了新密码，所有会话已结束',
    en: 'a new password was set by recovery, and all sessions ended',
  },
  'totp-on': { zh: '启用了动态验证码', en: 'an authenticator was set up' },
  'totp-off': { zh: '停用了动态验证码', en: 'the authenticator was removed' },
  'passkey-added': { zh: '添加了通行密钥', en: 'a passkey was added' },
  'passkey-removed': { zh: '删除了通行密钥', en: 'a passkey was removed' },
  'recovery-codes-made': { zh: '重新生成了恢复码', en: 'new recovery codes were made' },
  'question-set': { zh: '设置了安全问题', en: 'a security question was set' },
  'question-removed': { zh: '删除了安全问题', en: 'the security question was removed' },
};

const UNKNOWN: LocalizedText = { zh: '未知', en: 'an unknown one' };

/** What room factors, below, wants told. */
export function subscribeFactors(bus: Bus): void {
  bus.on('user.recovery-asked', async (tx, ctx, event) => {
    await noticeSend(tx, ctx, {
      kind: 'recovery-code',
      dedupe: `recovery:${event.userId}:${ctx.now.toISOString()}`,
      to: { customerId: null, userId: event.userId, email: event.email, locale: event.locale },
      values: { code: event.code, minutes: event.minutes },
      secret: true,
    });
  });
  bus.on('user.security-changed', async (tx, ctx, event) => {
    const { userId, customerId, email, locale, what } = event;
    await noticeSend(tx, ctx, {
      kind: 'security-changed',
      dedupe: `security:${what}:${userId}:${event.at.toISOString()}`,
      to: { customerId, userId, email, locale },
      values: { what: CHANGES[what][locale], at: wallClock(event.at, ctx.brand.zone) },
    });
  });
  bus.on('user.signed-in-newly', async (tx, ctx, event) => {
    const { userId, customerId, email, locale } = event;
    await noticeSend(tx, ctx, {
      kind: 'signed-in-newly',
      dedupe: `signed-in-newly:${event.sessionId}`,
      to: { customerId, userId, email, locale },
      values: {
        device: event.device ?? UNKNOWN[locale],
        place: event.place ?? UNKNOWN[locale],
        ip: event.ip ?? '—',
        at: wallClock(event.at, ctx.brand.zone),
      },
    });
  });
}
