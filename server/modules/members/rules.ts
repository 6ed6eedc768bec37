import { problems } from '#kernel/problem.ts';

export const INVITATION_DAYS = 7;
/** Of one customer in 24 hours: each is a mail to somebody who may not want it. */
export const INVITATIONS_PER_DAY = 20;
export const MEMBERS_MOST = 100;

export const problem = problems({
  'invitation-gone': {
    status: 409,
    title: { zh: '邀请已失效', en: 'This invitation is of no use any more' },
    remedy: {
      zh: '它可能已被使用、撤回或过期。请邀请您的人重新发送。',
      en: 'It was used, withdrawn or has expired. Ask who invited you for another one.',
    },
  },
  'invitation-elsewhere': {
    status: 403,
    title: { zh: '邀请是发给另一个邮箱的', en: 'This invitation is for another address' },
    remedy: {
      zh: '请用收到邀请的邮箱登录（或注册并验证它），再接受邀请。',
      en: 'Sign in with the address that it came to, or sign up with it and verify it; then accept.',
    },
  },
  'invitations-spent': {
    status: 429,
    title: { zh: '今天发出的邀请太多', en: 'Too many invitations today' },
    remedy: { zh: '一天最多 20 个邀请，请明天再试。', en: 'At most 20 a day; try again tomorrow.' },
  },
  'member-already': {
    status: 409,
    title: { zh: '这个人已经是成员', en: 'This person is a member already' },
    remedy: { zh: '请在成员列表中更改其角色。', en: 'Change the role in the list of members.' },
  },
  'members-full': {
    status: 409,
    title: { zh: '成员人数已达上限', en: 'There are as many members as there can be' },
    remedy: { zh: '一个账户最多 100 名成员。', en: 'An account has at most 100.' },
  },
  'more-than-own': {
    status: 403,
    title: { zh: '不能给出自己没有的权限', en: 'You can’t give or take what you don’t have yourself' },
    remedy: {
      zh: '请选择不超出您自己权限的角色，或请账户所有者操作。',
      en: 'Choose a role within your own, or ask the owner of the account.',
    },
  },
  'owner-stays': {
    status: 409,
    title: { zh: '账户的所有者不能更换', en: 'The owner of an account stays its owner' },
    remedy: {
      zh: '账户不能转让、赠与或继承；可以添加管理员协助管理。',
      en: 'An account can’t be transferred, given or inherited. Add an administrator to help.',
    },
  },
});
