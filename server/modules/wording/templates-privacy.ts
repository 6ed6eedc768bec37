import type { Template } from './template.ts';

/** Notices about one's own data, breaches of it, and offers. */
export const PRIVACY_TEMPLATES = {
  'deletion-asked': {
    subject: {
      zh: '删除申请已收到，将于 {at} 执行',
      en: 'Your deletion is asked for and will be done on {at}',
    },
    body: {
      zh: '您申请删除账户及个人信息，将于 {at} 执行。在此之前可登录控制台“隐私”页撤回。依法须保留的内容会注明理由与期限，其余全部清除。如果不是您本人操作，请立即登录撤回并修改密码。',
      en: 'You asked to have your account and your personal data deleted. It is done on {at}; until then it can be taken back on the page “Privacy” of the console. What a law keeps is named with its reason and its day, all else is erased. If this was not you, sign in, take it back and change your password.',
    },
  },
  'deletion-withdrawn': {
    subject: { zh: '删除申请已撤回', en: 'Your deletion was taken back' },
    body: {
      zh: '您已撤回删除申请，账户与数据保持不变。',
      en: 'You took your deletion back. Account and data stay as they are.',
    },
  },
  'deletion-stopped': {
    subject: { zh: '删除未能执行', en: 'Your deletion could not be done' },
    body: {
      zh: '原定今日执行的删除没有进行，因为：\n{reasons}\n处理后可在“隐私”页重新申请。',
      en: 'The deletion that was due today was not done, because:\n{reasons}\nOnce that is settled, ask again on the page “Privacy”.',
    },
  },
  'privacy-answered': {
    subject: { zh: '您的个人信息请求已答复', en: 'Your request about personal data is answered' },
    body: {
      zh: '处理结果：{outcome}\n{answer}\n如不认同，可向我们再次提出，或向网信部门投诉。',
      en: 'Outcome: {outcome}\n{answer}\nIf you disagree, write to us again or complain to the cyberspace authority.',
    },
  },
  'breach-told': {
    subject: {
      zh: '{brand}个人信息安全事件通知：{title}',
      en: 'A security incident with personal data: {title}',
    },
    body: {
      zh: '发生了什么：{happened}\n涉及的信息：{categories}\n时间：{from} 至 {to}\n可能的影响：{effects}\n已采取的措施和您可以做的：{remedy}\n联系方式：{contact}',
      en: 'What happened: {happened}\nWhich data: {categories}\nWhen: {from} to {to}\nWhat it may lead to: {effects}\nWhat was done, and what you can do: {remedy}\nWhom to write to: {contact}',
    },
  },
  offer: {
    subject: { zh: '{title}', en: '{title}' },
    body: {
      zh: '{text}\n\n您同意过接收此类信息。不想再收到，请在控制台“隐私”页撤回同意。',
      en: '{text}\n\nYou agreed to be told of offers. To hear of none any more, withdraw your consent on the page “Privacy” of the console.',
    },
  },
} as const satisfies Record<string, Template>;
