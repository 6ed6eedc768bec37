import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'terms-not-accepted': {
    status: 403,
    title: { zh: '请先接受服务条款', en: 'Accept the terms of service first' },
    remedy: {
      zh: '请阅读条款，逐项确认重要限制后继续。',
      en: 'Read them and confirm the important limits one by one.',
    },
  },
  'terms-outdated': {
    status: 409,
    title: { zh: '条款已更新', en: 'These terms have been replaced' },
    remedy: { zh: '请刷新页面，阅读最新版本后再确认。', en: 'Reload the page and read the newest version.' },
  },
  'highlights-unconfirmed': {
    status: 422,
    title: { zh: '还有重要限制没有确认', en: 'Not every important limit is confirmed' },
    remedy: { zh: '请逐项确认：{missing}。', en: 'Confirm each of them: {missing}.' },
  },
  'email-needed': {
    status: 403,
    title: { zh: '请先验证邮箱', en: 'Verify your e-mail address first' },
    remedy: {
      zh: '到期提醒会发到这个邮箱。请填写邮件中的验证码；还没有邮箱的，请在账户页登记。',
      en: 'Reminders go to it. Enter the code that we mailed; who has none sets one on the account page.',
    },
  },
  'guardian-consent-needed': {
    status: 403,
    title: { zh: '未满 18 周岁需监护人同意', en: 'Under 18, a guardian’s consent is needed' },
    remedy: {
      zh: '请联系客服提交监护人同意书，登记后即可购买。',
      en: 'Send a guardian’s consent to support; once it is on record you can buy.',
    },
  },
  'real-name-needed': {
    status: 403,
    title: {
      zh: '中国大陆地区的服务需要实名认证',
      en: 'Services in mainland China need real-name verification',
    },
    remedy: {
      zh: '请先完成实名认证，或选择中国大陆以外的地区。',
      en: 'Verify your real name, or choose a region outside mainland China.',
    },
  },
  'acceptance-not-so': {
    status: 422,
    title: { zh: '条款没有约定以这种方式接受', en: 'The terms don’t know this way to accept them' },
    remedy: { zh: '可用的方式：{ways}。', en: 'They may be accepted so: {ways}.' },
  },
});
