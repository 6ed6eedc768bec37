import type { Template } from './template.ts';

/** Services that pass from one customer to another. */
export const PUSH_TEMPLATES = {
  'push-made': {
    subject: { zh: '您发起了过户：{hostname}', en: 'You offered {hostname} to somebody' },
    body: {
      zh: '您已发起把 {hostname} 过户给 {to}，对方在 {until} 前可以凭过户码接受（条款 {clause}）。接受后服务连同其中的数据和已付时间都归对方，已付费用不退。如果不是您本人操作，请立即在控制台的“过户”页面撤回，并修改密码。',
      en: 'You offered {hostname} to {to}, who can accept it with your code until {until} (clause {clause}). From then on the service, the data in it and the time that is paid are theirs, and what you paid isn’t paid back. If this wasn’t you, withdraw it on the page “Pushes” of the console at once, and change your password.',
    },
  },
  'push-offered': {
    subject: { zh: '有人要把一项服务过户给您', en: 'A service is offered to you' },
    body: {
      zh: '{plan}，{region}，已付费至 {expires}。请在 {until} 前到控制台的“过户”页面查看；接受需要对方告诉您的 8 位过户码，之后的续费由您支付（条款 {clause}）。如果您不认识对方，请拒绝或忽略，什么都不会发生。',
      en: '{plan}, {region}, paid until {expires}. Look at it on the page “Pushes” of the console until {until}. Accepting takes the eight digits that the other tells you; renewals are yours from then on (clause {clause}). If you don’t know of it, refuse it or ignore it; nothing will happen.',
    },
  },
  'push-given': {
    subject: { zh: '{hostname} 已过户', en: '{hostname} is somebody else’s now' },
    body: {
      zh: '{hostname} 已于 {at} 过户给 {to}（条款 {clause}）。您不再能管理或登录它；您的账单、发票和订单记录不变。',
      en: '{hostname} passed to {to} at {at} (clause {clause}). You can’t manage it or log in to it any more; your bills, tax invoices and orders stay as they are.',
    },
  },
  'push-taken': {
    subject: { zh: '{hostname} 已归您所有', en: '{hostname} is yours now' },
    body: {
      zh: '{hostname} 已过户给您，已付费至 {expires}；此后每月 {price} 元，到期不会自动续费，除非您开启（条款 {clause}）。root 的登录方式按您给的重设，主机密钥换新，机器重启一次，之后端口才开放。其余内容我们不动：前一位使用者建的其他账号、定时任务和程序都还在，请检查；不放心就另开一台，把数据迁过去。',
      en: '{hostname} has passed to you, paid until {expires}; after that a month costs CNY {price}, and it doesn’t renew itself unless you turn that on (clause {clause}). Root’s way in is set to yours, the host keys are new, the machine starts anew once, and its ports open after that. Nothing else inside is touched: other users, timers and programs of whoever had it before are still there. Look, and if you are not sure, move the data to a new machine.',
    },
  },
  'push-declined': {
    subject: { zh: '过户未被接受：{hostname}', en: '{hostname} was not accepted' },
    body: {
      zh: '您要过户给 {to} 的 {hostname} 未被接受，它仍归您所有（条款 {clause}）。',
      en: 'What you offered to {to}, {hostname}, was not accepted. It stays yours (clause {clause}).',
    },
  },
  'push-lapsed': {
    subject: { zh: '过户已过期：{hostname}', en: 'The offer of {hostname} has run out' },
    body: {
      zh: '您要过户给 {to} 的 {hostname} 在期限内未被接受，它仍归您所有（条款 {clause}）。',
      en: 'What you offered to {to}, {hostname}, was not accepted in time. It stays yours (clause {clause}).',
    },
  },
  'push-refunded': {
    subject: { zh: '您付过的费用退回 {amount} 元', en: 'CNY {amount} of what you paid comes back' },
    body: {
      zh: '您已过户的 {hostname} 提前终止，其中由您支付而未消费的 {amount} 元按原支付来源退给您（条款 {clause}）。',
      en: '{hostname}, which you pushed to somebody else, has ended early. CNY {amount} of what you paid wasn’t consumed and goes back where it came from (clause {clause}).',
    },
  },
} as const satisfies Record<string, Template>;
