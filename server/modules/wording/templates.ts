import type { Template } from './template.ts';
import { ARREARS_TEMPLATES } from './templates-arrears.ts';
import { ENFORCEMENT_TEMPLATES } from './templates-enforcement.ts';
import { FEDERATION_TEMPLATES } from './templates-federation.ts';
import { GATE_TEMPLATES } from './templates-gates.ts';
import { MEMBER_TEMPLATES } from './templates-members.ts';
import { MONEY_TEMPLATES } from './templates-money.ts';
import { OUTAGE_TEMPLATES } from './templates-outages.ts';
import { PRIVACY_TEMPLATES } from './templates-privacy.ts';
import { PUSH_TEMPLATES } from './templates-pushes.ts';
import { SECURITY_TEMPLATES } from './templates-security.ts';
import { STAFF_TEMPLATES } from './templates-staff.ts';
import { TERMS_TEMPLATES } from './templates-terms.ts';
import { VERIFICATION_TEMPLATES } from './templates-verification.ts';

/** One for each kind of notice; `{brand}` is always there. */
export const TEMPLATES = {
  ...MONEY_TEMPLATES,
  ...VERIFICATION_TEMPLATES,
  ...STAFF_TEMPLATES,
  ...MEMBER_TEMPLATES,
  ...PRIVACY_TEMPLATES,
  ...PUSH_TEMPLATES,
  'email-code': {
    subject: { zh: '{brand}验证码：{code}', en: '{brand} code: {code}' },
    body: {
      zh: '您的验证码是 {code}，{minutes} 分钟内有效。\n如果不是您本人操作，请忽略这封邮件。',
      en: 'Your code is {code}. It works for {minutes} minutes.\nIf you did not ask for it, ignore this mail.',
    },
  },
  'phone-code': {
    subject: { zh: '{brand}验证码：{code}', en: '{brand} code: {code}' },
    body: {
      zh: '您的手机验证码是 {code}，{minutes} 分钟内有效。',
      en: 'The code for your phone is {code}. It works for {minutes} minutes.',
    },
  },
  'email-changed': {
    subject: { zh: '{brand}账户的邮箱已更换', en: 'Your account at {brand} has another address now' },
    body: {
      zh: '您的账户已改用邮箱 {shown}，以后的邮件发往那里，也用它登录。如果不是您本人操作，请立即联系客服。',
      en: 'Your account now uses {shown}: mail goes there, and it signs you in. If this was not you, write to support at once.',
    },
  },
  'contact-invalid': {
    subject: { zh: '您登记的{contact}已失效', en: 'Your {contact} on record reaches nobody' },
    body: {
      zh: '发往 {shown} 的通知没有送达：{contact}已失效。{deadline}请在控制台的“账户”页面更正（条款 {clause}）。',
      en: 'What we sent to {shown} did not arrive: the {contact} reaches nobody. {deadline}Correct it on the page “Account” of the console (clause {clause}).',
    },
  },
  'contact-overdue': {
    subject: { zh: '{contact}逾期未更正', en: 'Your {contact} was not corrected in time' },
    body: {
      zh: '您登记的{contact}（{shown}）在 {until} 前未更正，账户将按条款 {clause} 处理。',
      en: 'Your {contact} ({shown}) was not corrected by {until}; your account is dealt with by clause {clause}.',
    },
  },
  'signed-up-again': {
    subject: { zh: '您已有{brand}账户', en: 'You already have an account at {brand}' },
    body: {
      zh: '有人用这个邮箱注册，但它已经有账户了。请直接登录；如果不是您本人操作，无需理会。',
      en: 'Somebody signed up with this address, but it has an account already. Sign in; if it was not you, nothing is needed.',
    },
  },
  'service-ready': {
    subject: { zh: '{hostname} 已开通', en: '{hostname} is ready' },
    body: {
      zh: '您的 {plan} {hostname} 已经可以使用。\n登录：{ssh}\n到期时间：{expires}。',
      en: 'Your {plan} {hostname} can be used now.\nSign in: {ssh}\nPaid until {expires}.',
    },
  },
  'service-failed': {
    subject: {
      zh: '{hostname} 未能开通，{amount} 元已退回余额',
      en: '{hostname} could not be made; CNY {amount} is back in your balance',
    },
    body: {
      zh: '很抱歉，{hostname} 未能开通。订单 {order} 的 {amount} 元已全部退回您的余额（条款 {clause}）。您可以换一个地区或稍后再试。',
      en: 'We are sorry: {hostname} could not be made. The CNY {amount} of order {order} is back in your balance (clause {clause}). Try another region, or later.',
    },
  },
  'service-reminder': {
    subject: { zh: '{hostname} 将在 {days} 天后到期', en: '{hostname} expires in {days} days' },
    body: {
      zh: '{hostname} 将于 {expires} 到期。到期立即停机，停机后 {grace} 天内续费可恢复，之后永久删除、无法找回（条款 {clause}）。\n续费价格：{price} 元/月。',
      en: '{hostname} expires at {expires}. It is suspended at once; renewal within {grace} days restores it; then it is deleted for good (clause {clause}).\nRenewal: CNY {price} a month.',
    },
  },
  'service-reminder-kept': {
    subject: { zh: '{hostname} 将在 {days} 天后到期', en: '{hostname} expires in {days} days' },
    body: {
      zh: '{hostname} 将于 {expires} 到期，到期未续费即停机，续费后恢复（条款 {clause}）。\n续费价格：{price} 元/月。',
      en: '{hostname} expires at {expires}. Unless renewed it is suspended then; renewal restores it (clause {clause}).\nRenewal: CNY {price} a month.',
    },
  },
  'service-reminder-ends': {
    subject: { zh: '{hostname} 将在 {days} 天后到期', en: '{hostname} expires in {days} days' },
    body: {
      zh: '{hostname} 将于 {expires} 到期。到期未续费即停机，停机后 {grace} 天内续费可恢复，之后服务终止（条款 {clause}）。\n续费价格：{price} 元/月。',
      en: '{hostname} expires at {expires}. Unless renewed it is suspended then; renewal within {grace} days restores it; then it ends (clause {clause}).\nRenewal: CNY {price} a month.',
    },
  },
  'service-suspended-kept': {
    subject: { zh: '{hostname} 已到期停机', en: '{hostname} has expired and is suspended' },
    body: {
      zh: '{hostname} 已于 {expires} 到期并停机。续费（{price} 元/月）即可恢复（条款 {clause}）。',
      en: '{hostname} expired at {expires} and is suspended. Renewal (CNY {price} a month) restores it (clause {clause}).',
    },
  },
  'service-suspended': {
    subject: { zh: '{hostname} 已到期停机', en: '{hostname} has expired and is suspended' },
    body: {
      zh: '{hostname} 已于 {expires} 到期并停机。请在 {deletes} 前续费（{price} 元/月）以恢复；此后将永久删除，不再通知（条款 {clause}）。',
      en: '{hostname} expired at {expires} and is suspended. Renew before {deletes} (CNY {price} a month) to restore it; after that it is deleted for good without further notice (clause {clause}).',
    },
  },
  'service-suspended-ends': {
    subject: { zh: '{hostname} 已到期停机', en: '{hostname} has expired and is suspended' },
    body: {
      zh: '{hostname} 已于 {expires} 到期并停机。请在 {deletes} 前续费（{price} 元/月）以恢复；此后服务终止（条款 {clause}）。',
      en: '{hostname} expired at {expires} and is suspended. Renew before {deletes} (CNY {price} a month) to restore it; after that it ends (clause {clause}).',
    },
  },
  'service-ended': {
    subject: { zh: '{hostname} 已终止', en: '{hostname} has ended' },
    body: {
      zh: '{hostname} 已终止（条款 {clause}），数据随即删除。退还 {refunded} 元。删除完成后可在服务页下载删除证明。',
      en: '{hostname} has ended (clause {clause}) and its data is being deleted. CNY {refunded} went back. Once it is gone, a certificate of that is on the page of the service.',
    },
  },
  'service-ended-kept': {
    subject: {
      zh: '{hostname} 已终止，数据保留至 {erases}',
      en: '{hostname} has ended; its data is kept until {erases}',
    },
    body: {
      zh: '{hostname} 已终止（条款 {clause}）。数据保留至 {erases}，之后永久删除、无法找回（条款 {kept_by}）。退还 {refunded} 元。删除完成后可在服务页下载删除证明。',
      en: '{hostname} has ended (clause {clause}). Its data is kept until {erases} and then deleted for good (clause {kept_by}). CNY {refunded} went back. Once it is gone, a certificate of that is on the page of the service.',
    },
  },
  'end-proposed': {
    subject: {
      zh: '提议终止 {hostname}，退还 {refund} 元',
      en: 'Proposed: {hostname} ends and CNY {refund} goes back',
    },
    body: {
      zh: '我们提议终止 {hostname}，退还 {refund} 元。原因：{reason}\n请在 {until} 前登录控制台，在服务页接受或拒绝；不答复则一切照旧。',
      en: 'We propose to end {hostname} and to give CNY {refund} back. Why: {reason}\nAccept or decline it on the page of the service before {until}; without an answer everything stays as it is.',
    },
  },
  'service-ending': {
    subject: { zh: '{hostname} 将于 {ends} 终止', en: '{hostname} ends at {ends}' },
    body: {
      zh: '我们将于 {ends} 终止 {hostname}，原因：{reason}。请在此之前拷走数据；届时未消费的部分退回您的账户（条款 {clause}）。',
      en: 'We end {hostname} at {ends}. Why: {reason}. Copy your data out before; what is paid and not consumed goes back to your account then (clause {clause}).',
    },
  },
  'price-change': {
    subject: { zh: '{from} 起调价', en: 'Prices change at {from}' },
    body: {
      zh: '{from} 起执行新价目（条款 {clause}）：\n{changes}\n{running}',
      en: 'New prices hold from {from} (clause {clause}):\n{changes}\n{running}',
    },
  },
  'service-restored': {
    subject: { zh: '{hostname} 已恢复', en: '{hostname} is restored' },
    body: {
      zh: '续费成功，{hostname} 已恢复运行，新的到期时间：{expires}。',
      en: 'Renewed: {hostname} runs again, paid until {expires}.',
    },
  },
  'service-renewed': {
    subject: { zh: '{hostname} 已自动续费', en: '{hostname} has renewed itself' },
    body: {
      zh: '{hostname} 已从余额自动续费 {amount} 元，新的到期时间：{expires}。\n如不再需要，可在服务页关闭自动续费。',
      en: '{hostname} has been renewed from your balance for CNY {amount}, paid until {expires}.\nAutomatic renewal can be turned off on the page of the service.',
    },
  },
  'service-not-renewed': {
    subject: {
      zh: '{hostname} 自动续费未成功，还差 {missing} 元',
      en: '{hostname} could not renew itself: CNY {missing} is missing',
    },
    body: {
      zh: '{hostname} 开启了自动续费，但余额不足，还差 {missing} 元。到期时间：{expires}。充值后会自动再试。',
      en: '{hostname} is set to renew itself, but the balance is short by CNY {missing}. It is paid until {expires}. Top up and it is tried again by itself.',
    },
  },
  ...ARREARS_TEMPLATES,
  ...GATE_TEMPLATES,
  ...ENFORCEMENT_TEMPLATES,
  ...OUTAGE_TEMPLATES,
  ...SECURITY_TEMPLATES,
  ...TERMS_TEMPLATES,
  ...FEDERATION_TEMPLATES,
} as const satisfies Record<string, Template>;

export type NoticeKind = keyof typeof TEMPLATES;
