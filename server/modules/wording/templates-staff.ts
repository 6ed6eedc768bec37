import type { Template } from './template.ts';

/** About the staff: to its members about their own accounts, and to customers as whom they log in. */
export const STAFF_TEMPLATES = {
  'staff-new-device': {
    subject: { zh: '{brand}后台：新设备登录', en: '{brand} back office: a new device signed in' },
    body: {
      zh: '{name}，您的员工账户在 {at} 从新设备登录。\n设备：{device}\nIP：{ip}\n如果不是您本人，请立即告知管理员并结束全部会话。',
      en: '{name}, your staff account signed in from a new device at {at}.\nDevice: {device}\nIP: {ip}\nIf this was not you, tell an administrator at once and end all sessions.',
    },
  },
  'staff-password-changed': {
    subject: { zh: '{brand}后台：您的密码已修改', en: '{brand} back office: your password was changed' },
    body: {
      zh: '{name}，您员工账户的密码已于 {at} 修改，其他设备上的会话已结束。如果不是您本人，请立即告知管理员。',
      en: '{name}, the password of your staff account was changed at {at}, and its sessions on other devices have ended. If this was not you, tell an administrator at once.',
    },
  },
  'staff-factor-reset-asked': {
    subject: {
      zh: '{brand}后台：有人申请重置您的第二验证因素',
      en: '{brand} back office: a reset of your second factor was asked for',
    },
    body: {
      zh: '{name}，有人申请重置您员工账户的第二验证因素，另一位同事批准后生效。如果您没有丢失，请立即告知管理员。',
      en: '{name}, somebody asked for a reset of your staff account’s second factor; it takes effect once a colleague agrees. If you did not lose it, tell an administrator at once.',
    },
  },
  'staff-factor-reset': {
    subject: {
      zh: '{brand}后台：您的第二验证因素已重置',
      en: '{brand} back office: your second factor was reset',
    },
    body: {
      zh: '{name}，您员工账户的第二验证因素已移除，所有会话已结束；下次登录时需要重新设置。如果您不知情，请立即告知管理员。',
      en: '{name}, the second factor of your staff account was removed and all its sessions ended; your next sign-in sets up another. If you do not know of this, tell an administrator at once.',
    },
  },
  'staff-roles': {
    subject: { zh: '{brand}后台：您的角色已变更', en: '{brand} back office: your roles were changed' },
    body: {
      zh: '{name}，您在后台的角色已变更，立即生效。',
      en: '{name}, your roles in the back office were changed, with effect at once.',
    },
  },
  'staff-visit': {
    subject: { zh: '{brand}员工以您的身份登录了控制台', en: '{brand} staff logged in to the console as you' },
    body: {
      zh: '为处理问题，我们的员工以您的身份查看了控制台，最长 {minutes} 分钟，不能修改任何内容。\n理由：{reason}\n每一步都有记录，您可以在操作记录中查看。',
      en: 'To look into a problem, a member of our staff is viewing your console as you, for {minutes} minutes at most, and can change nothing.\nReason: {reason}\nEach step is recorded; you see it in your record of acts.',
    },
  },
  'staff-visit-acting': {
    subject: { zh: '{brand}员工以您的身份登录了控制台', en: '{brand} staff logged in to the console as you' },
    body: {
      zh: '为处理问题，我们的员工以您的身份登录了控制台，最长 {minutes} 分钟，可以操作服务和工单，不能动用资金或修改登录方式、成员、密钥、联系方式和个人信息。\n理由：{reason}\n每一步都有记录，您可以在操作记录中查看。',
      en: 'To deal with a problem, a member of our staff is logged in to your console as you, for {minutes} minutes at most. They may act on services and cases, and can’t touch money, sign-in, members, keys, contacts or personal data.\nReason: {reason}\nEach step is recorded; you see it in your record of acts.',
    },
  },
} satisfies Record<string, Template>;
