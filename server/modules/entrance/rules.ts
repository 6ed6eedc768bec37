import { problems } from '#kernel/problem.ts';

/** How a sign-in's first step was taken. */
export type SignedInBy = 'password' | 'sms-code' | 'passkey' | 'federation';

export const RECOVERY_MINUTES = 15;
export const RECOVERY_ATTEMPTS = 5;
export const RECOVERY_AGAIN_SECONDS = 60;

export const problem = problems({
  'email-unverified': {
    status: 403,
    title: { zh: '邮箱还没有验证', en: 'This e-mail address is not verified yet' },
    remedy: { zh: '我们给您发了一个验证码，请填写后继续。', en: 'We mailed you a code; enter it to go on.' },
  },
  'wrong-code': {
    status: 422,
    title: { zh: '验证码不对或已过期', en: 'The code is wrong or has expired' },
    remedy: {
      zh: '请检查邮件里最新的验证码，或重新发送一个。',
      en: 'Use the newest code in your mail, or have another one sent.',
    },
  },
  'second-step-missing': {
    status: 422,
    title: { zh: '还需要第二步验证', en: 'A second step is needed' },
    remedy: {
      zh: '这个账户设置了额外的验证方式，请完成后再设置新密码。',
      en: 'This account has a further way to show who you are; use it to set a new password.',
    },
  },
});
