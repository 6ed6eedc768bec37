import type { Template } from './template.ts';

/** To customers about the ways by which they sign in. */
export const FEDERATION_TEMPLATES = {
  'binding-added': {
    subject: { zh: '{brand}：已绑定{provider}账号', en: '{brand}: {provider} can sign you in now' },
    body: {
      zh: '您的账户已于 {at} 绑定{provider}账号“{nickname}”，今后可用它登录。\n如果不是您本人操作，请立即登录控制台解除绑定并修改密码。',
      en: 'The {provider} account “{nickname}” was bound to yours at {at} and can sign you in from now on.\nIf this was not you, sign in at once, unbind it and change your password.',
    },
  },
  'binding-removed': {
    subject: { zh: '{brand}：已解除{provider}账号绑定', en: '{brand}: {provider} no longer signs you in' },
    body: {
      zh: '{provider}账号“{nickname}”已于 {at} 解除绑定，不能再用于登录。\n如果不是您本人操作，请立即登录控制台修改密码。',
      en: 'The {provider} account “{nickname}” was unbound at {at} and no longer signs you in.\nIf this was not you, sign in at once and change your password.',
    },
  },
  'phone-claimed': {
    subject: { zh: '{brand}：{shown} 已不再用于登录', en: '{brand}: {shown} no longer signs you in' },
    body: {
      zh: '有人用短信验证码证明自己持有 {shown}，该号码已于 {at} 移出您的账户，不能再用于登录，我们也不再向它发送通知。\n您仍可用邮箱登录。如果号码仍是您的，请登录控制台重新验证并联系客服。',
      en: 'Somebody proved by a code that they have {shown}. At {at} the number left your account: it no longer signs you in, and nothing is sent there.\nYour mailbox still signs you in. If the number is yours, verify it again in the console and tell support.',
    },
  },
  'phone-removed': {
    subject: { zh: '{brand}：{shown} 已不再用于登录', en: '{brand}: {shown} no longer signs you in' },
    body: {
      zh: '您已于 {at} 停用手机号 {shown} 登录。\n如果不是您本人操作，请立即登录控制台修改密码。',
      en: 'At {at} you stopped signing in by {shown}.\nIf this was not you, sign in at once and change your password.',
    },
  },
} as const satisfies Record<string, Template>;
