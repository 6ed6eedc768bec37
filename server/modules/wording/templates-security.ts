import type { Template } from './template.ts';

export const SECURITY_TEMPLATES = {
  'recovery-code': {
    subject: { zh: '{brand}找回密码验证码：{code}', en: '{brand} code for a new password: {code}' },
    body: {
      zh: '有人申请为您的账户设置新密码，验证码是 {code}，{minutes} 分钟内有效。\n如果不是您本人操作，请忽略这封邮件，密码不会改变。不要把验证码告诉任何人。',
      en: 'Somebody asked to set a new password for your account. The code is {code} and works for {minutes} minutes.\nIf it was not you, ignore this mail: the password stays as it is. Tell the code to nobody.',
    },
  },
  'security-changed': {
    subject: { zh: '{brand}账户安全设置变更：{what}', en: '{brand} account security: {what}' },
    body: {
      zh: '{at}，您的账户发生了以下变更：{what}。\n如果不是您本人操作，请立即找回密码并检查账户安全页面，或联系客服。',
      en: 'At {at} this happened to your account: {what}.\nIf it was not you, set a new password at once and look at the page “Security” of your account, or write to support.',
    },
  },
  'signed-in-newly': {
    subject: {
      zh: '{brand}账户在新的设备或地点登录',
      en: 'Your account at {brand} was used from a new device or place',
    },
    body: {
      zh: '{at}，您的账户从 {device} 登录，地点：{place}（{ip}）。\n如果不是您本人操作，请立即修改密码，并在账户安全页面结束这个会话。',
      en: 'At {at} somebody signed in to your account with {device} from {place} ({ip}).\nIf it was not you, change your password at once and end that session on the page “Security” of your account.',
    },
  },
} as const satisfies Record<string, Template>;
