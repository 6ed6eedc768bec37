import { problems } from '#kernel/problem.ts';

export const CODE_MINUTES = 15;
export const CODE_ATTEMPTS = 5;
export const CODE_AGAIN_SECONDS = 60;
/** Codes to one contact and of one user in 24 hours: each SMS costs money and rings at somebody's. */
export const CONTACT_CODES_PER_DAY = 5;

export const problem = problems({
  'contact-form': {
    status: 400,
    title: { zh: '联系方式格式不正确', en: 'This contact is not well formed' },
    remedy: {
      zh: '手机号为 11 位中国大陆号码，QQ 号为 5 至 11 位数字，微信号为 6 至 20 位字母、数字、下划线或减号。',
      en: 'A phone number has the 11 digits of mainland China, a QQ number 5 to 11 digits, a WeChat id 6 to 20 letters, digits, _ or -.',
    },
  },
  'contact-codes-spent': {
    status: 429,
    title: { zh: '验证码发送太频繁', en: 'Too many codes were sent' },
    remedy: {
      zh: '同一联系方式一分钟内只发一次，一天最多 5 次。请稍后再试。',
      en: 'One a minute to one contact, and five a day. Try again later.',
    },
  },
  'password-wrong': {
    status: 403,
    title: { zh: '密码不对', en: 'This is not your password' },
    remedy: { zh: '更换邮箱需要当前密码。', en: 'Another address needs your password of now.' },
  },
  'responsible-member': {
    status: 422,
    title: { zh: '负责人须是账户的成员', en: 'Who is responsible has to be a member of the account' },
    remedy: { zh: '请先邀请对方加入账户。', en: 'Invite the person into the account first.' },
  },
  'contact-code-wrong': {
    status: 422,
    title: { zh: '验证码不对或已过期', en: 'The code is wrong or has expired' },
    remedy: {
      zh: '请检查最新收到的验证码，或重新发送一个。',
      en: 'Use the newest code that came, or have another one sent.',
    },
  },
});
