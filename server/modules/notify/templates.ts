import type { LocalizedText } from '#kernel/text.ts';

interface Template {
  subject: LocalizedText;
  body: LocalizedText;
}

/** One for each kind of notice; `{brand}` is always there. */
export const TEMPLATES = {
  'email-code': {
    subject: { zh: '{brand}验证码：{code}', en: '{brand} code: {code}' },
    body: {
      zh: '您的验证码是 {code}，{minutes} 分钟内有效。\n如果不是您本人操作，请忽略这封邮件。',
      en: 'Your code is {code}. It works for {minutes} minutes.\nIf you did not ask for it, ignore this mail.',
    },
  },
  'signed-up-again': {
    subject: { zh: '您已有{brand}账户', en: 'You already have an account at {brand}' },
    body: {
      zh: '有人用这个邮箱注册，但它已经有账户了。请直接登录；如果不是您本人操作，无需理会。',
      en: 'Somebody signed up with this address, but it has an account already. Sign in; if it was not you, nothing is needed.',
    },
  },
  'service-ready': {
    subject: { zh: '{hostname} 已开通', en: '{hostname} is ready' },
    body: {
      zh: '您的 {plan} {hostname} 已经可以使用。\n登录：{ssh}\n到期时间：{expires}。',
      en: 'Your {plan} {hostname} can be used now.\nSign in: {ssh}\nPaid until {expires}.',
    },
  },
  'service-failed': {
    subject: {
      zh: '{hostname} 未能开通，{amount} 元已退回余额',
      en: '{hostname} could not be made; CNY {amount} is back in your balance',
    },
    body: {
      zh: '很抱歉，{hostname} 未能开通。订单 {order} 的 {amount} 元已全部退回您的余额（条款 {clause}）。您可以换一个地区或稍后再试。',
      en: 'We are sorry: {hostname} could not be made. The CNY {amount} of order {order} is back in your balance (clause {clause}). Try another region, or later.',
    },
  },
  'service-reminder': {
    subject: { zh: '{hostname} 将在 {days} 天后到期', en: '{hostname} expires in {days} days' },
    body: {
      zh: '{hostname} 将于 {expires} 到期。到期立即停机，停机后 {grace} 天内续费可恢复，之后永久删除、无法找回（条款 {clause}）。\n续费价格：{price} 元/月。',
      en: '{hostname} expires at {expires}. It is suspended at once; renewal within {grace} days restores it; then it is deleted for good (clause {clause}).\nRenewal: CNY {price} a month.',
    },
  },
  'service-suspended': {
    subject: { zh: '{hostname} 已到期停机', en: '{hostname} has expired and is suspended' },
    body: {
      zh: '{hostname} 已于 {expires} 到期并停机。请在 {deletes} 前续费（{price} 元/月）以恢复；此后将永久删除，不再通知（条款 {clause}）。',
      en: '{hostname} expired at {expires} and is suspended. Renew before {deletes} (CNY {price} a month) to restore it; after that it is deleted for good without further notice (clause {clause}).',
    },
  },
  'service-restored': {
    subject: { zh: '{hostname} 已恢复', en: '{hostname} is restored' },
    body: {
      zh: '续费成功，{hostname} 已恢复运行，新的到期时间：{expires}。',
      en: 'Renewed: {hostname} runs again, paid until {expires}.',
    },
  },
  'payment-received': {
    subject: { zh: '充值到账 {amount} 元', en: 'CNY {amount} received' },
    body: { zh: '{amount} 元已存入您的余额。', en: 'CNY {amount} is in your balance.' },
  },
} as const satisfies Record<string, Template>;

export type NoticeKind = keyof typeof TEMPLATES;
