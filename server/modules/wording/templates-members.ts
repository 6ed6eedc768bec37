import type { Template } from './template.ts';

/** Who belongs to an account. */
export const MEMBER_TEMPLATES = {
  'member-invited': {
    subject: { zh: '{from} 邀请您加入其{brand}账户', en: '{from} invites you into an account at {brand}' },
    body: {
      zh: '{from} 邀请您加入其{brand}账户，角色：{role}。\n请在 {days} 天内打开下面的链接，用这个邮箱登录或注册后接受：\n{link}\n如果您不认识对方，请忽略这封邮件，什么都不会发生。',
      en: '{from} invites you into an account at {brand}, as {role}.\nOpen this link within {days} days, and accept after signing in or signing up with this address:\n{link}\nIf you don’t know who this is, ignore this mail; nothing will happen.',
    },
  },
  'member-joined': {
    subject: { zh: '{who} 已加入您的账户', en: '{who} has joined your account' },
    body: {
      zh: '{who} 已接受邀请，成为您账户的成员，角色：{role}。如果不是您同意的，请立即在控制台的“成员”页面移除。',
      en: '{who} has accepted the invitation and is a member of your account now, as {role}. If you didn’t agree to it, remove the member on the page “Members” of the console at once.',
    },
  },
  'member-changed': {
    subject: { zh: '{who} 的角色已变更', en: '{who} has another role' },
    body: {
      zh: '{who} 在账户中的角色现在是：{role}。如果不是您同意的，请立即在控制台的“成员”页面更改。',
      en: '{who} is {role} in the account from now on. If you didn’t agree to it, change it on the page “Members” of the console at once.',
    },
  },
  'member-second-factor': {
    subject: { zh: '{who} 的账户开始要求两步验证', en: 'The account of {who} asks for a second factor now' },
    body: {
      zh: '{who} 的账户从现在起要求所有成员使用两步验证。下次进入该账户时，请在“账户 → 登录与安全”里添加通行密钥或动态验证码；已有的，验证一次即可继续。在此之前，您看不到该账户的内容。',
      en: 'The account of {who} asks a second factor of all its members from now on. When you next enter it, add a passkey or an authenticator under Account, Security; if you have one, show it once and go on. Until then you see nothing of that account.',
    },
  },
  'member-gone': {
    subject: { zh: '{who} 已不再是账户成员', en: '{who} is no member of the account any more' },
    body: {
      zh: '{who} 已不再是账户的成员，其在该账户中的登录会话和密钥已失效。',
      en: '{who} is no member of the account any more; sessions and keys there have ended.',
    },
  },
} as const satisfies Record<string, Template>;

/** What the roles are called. */
export const ROLE_NAMES = {
  owner: { zh: '所有者', en: 'owner' },
  admin: { zh: '管理员', en: 'administrator' },
  billing: { zh: '财务', en: 'billing' },
  technical: { zh: '技术', en: 'technical' },
  support: { zh: '支持', en: 'support' },
  'read-only': { zh: '只读', en: 'read-only' },
  custom: { zh: '自定义', en: 'custom' },
} as const;
