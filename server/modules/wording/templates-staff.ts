import type { Template } from './template.ts';

/** To members of the staff about their own accounts. */
export const STAFF_TEMPLATES = {
  'staff-new-device': {
    subject: { zh: '{brand}后台：新设备登录', en: '{brand} back office: a new device signed in' },
    body: {
      zh: '{name}，您的员工账户在 {at} 从新设备登录。\n设备：{device}\nIP：{ip}\n如果不是您本人，请立即告知管理员并结束全部会话。',
      en: '{name}, your staff account signed in from a new device at {at}.\nDevice: {device}\nIP: {ip}\nIf this was not you, tell an administrator at once and end all sessions.',
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
} satisfies Record<string, Template>;
