import type { LocalizedText } from '#kernel/text.ts';
import { ARREARS_TEMPLATES } from './templates-arrears.ts';
import { GATE_TEMPLATES } from './templates-gates.ts';
import { TERMS_TEMPLATES } from './templates-terms.ts';

interface Template {
  subject: LocalizedText;
  body: LocalizedText;
}

/** One for each kind of notice; `{brand}` is always there. */
export const TEMPLATES = {
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
  'refund-done': {
    subject: { zh: '{amount} 元已原路退回', en: 'CNY {amount} went back the way it came' },
    body: {
      zh: '{amount} 元已退回您的{channel}账户，到账时间以{channel}为准。',
      en: 'CNY {amount} has been sent back to your {channel} account; when it shows there is up to {channel}.',
    },
  },
  'refund-failed': {
    subject: { zh: '{amount} 元未能原路退回', en: 'CNY {amount} could not go back the way it came' },
    body: {
      zh: '{channel}没有接受这笔退款，{amount} 元仍在您的账户中。',
      en: '{channel} did not take this refund; the CNY {amount} is still in your account.',
    },
  },
  'transfer-refused': {
    subject: { zh: '转账 {reference} 未能入账', en: 'Transfer {reference} was not credited' },
    body: {
      zh: '您申报的 {amount} 元银行转账（附言 {reference}）未能入账：{reason}\n如果钱已转出，请补充凭证或联系客服。',
      en: 'The bank transfer of CNY {amount} that you announced (memo {reference}) was not credited: {reason}\nIf the money has left your account, send us the slip again or write to support.',
    },
  },
  'budget-alert': {
    subject: { zh: '预算“{name}”已用 {percent}%', en: 'Budget “{name}”: {percent} % is used' },
    body: {
      zh: '本月用量费用约 {spent} 元，预算 {amount} 元，已达到您设置的 {percent}% 提醒线。',
      en: 'This month’s usage comes to about CNY {spent} of your budget of CNY {amount}: the alert that you set at {percent} % is reached.',
    },
  },
  'spending-stopped': {
    subject: { zh: '已按预算“{name}”停止消费', en: 'Spending is stopped by your budget “{name}”' },
    body: {
      zh: '本月用量费用约 {spent} 元，已达到预算 {amount} 元。按您的设置，继续产生费用的用量已停止；提高或删除预算即可恢复，下月自动恢复。',
      en: 'This month’s usage has come to about CNY {spent}; your budget is CNY {amount}. As you set it, what would cost more is stopped. Raise or delete the budget to go on; it ends with the month by itself.',
    },
  },
  'arrears-began': {
    subject: {
      zh: '余额不足，已欠费 {amount} 元',
      en: 'Your balance did not cover your usage: CNY {amount} is owed',
    },
    body: {
      zh: '用量费用超过了您的余额，现欠 {amount} 元（条款 {clause}）。请尽快充值；欠费的后果以条款为准。',
      en: 'Your usage came to more than your balance; CNY {amount} is owed (clause {clause}). Please top up soon; what follows otherwise is in the terms.',
    },
  },
  'payment-received': {
    subject: { zh: '充值到账 {amount} 元', en: 'CNY {amount} received' },
    body: { zh: '{amount} 元已存入您的余额。', en: 'CNY {amount} is in your balance.' },
  },
  'funds-frozen': {
    subject: { zh: '您的账户有 {amount} 元被冻结', en: 'CNY {amount} in your account is frozen' },
    body: {
      zh: '根据条款 {clause}，您账户余额中的 {amount} 元已被冻结。\n原因：{explanation}\n如有异议，请在 {until} 前登录控制台的“资金”页面提出申诉；申诉成立即解冻。',
      en: 'By clause {clause}, CNY {amount} of your balance is frozen.\nWhy: {explanation}\nIf you disagree, appeal before {until} on the page “Funds” of the console; if the appeal is granted the money is free at once.',
    },
  },
  'funds-lifted': {
    subject: { zh: '{amount} 元已解冻', en: 'CNY {amount} is free again' },
    body: {
      zh: '{frozen} 冻结的 {amount} 元已回到您的余额。\n说明：{reason}',
      en: 'The CNY {amount} that was frozen at {frozen} is back in your balance.\n{reason}',
    },
  },
  'funds-held': {
    subject: { zh: '{amount} 元继续冻结', en: 'CNY {amount} stays frozen' },
    body: {
      zh: '{frozen} 冻结的 {amount} 元将继续冻结。\n说明：{reason}\n如有新的证据，请联系客服。',
      en: 'The CNY {amount} that was frozen at {frozen} stays frozen.\n{reason}\nIf there is new evidence, write to support.',
    },
  },
  'funds-returned': {
    subject: { zh: '{amount} 元将原路退回', en: 'CNY {amount} goes back to where it came from' },
    body: {
      zh: '{frozen} 冻结的 {amount} 元将按来源退回（支付宝、微信支付或银行账户）。\n说明：{reason}',
      en: 'The CNY {amount} that was frozen at {frozen} goes back to where it came from (Alipay, WeChat Pay or a bank account).\n{reason}',
    },
  },
  'withdrawal-refused': {
    subject: { zh: '提现 {number} 未通过', en: 'Withdrawal {number} was refused' },
    body: {
      zh: '提现 {number} 的 {amount} 元已退回您的余额。\n原因：{reason}',
      en: 'The CNY {amount} of withdrawal {number} is back in your balance.\nWhy: {reason}',
    },
  },
  'withdrawal-paid': {
    subject: { zh: '提现 {number} 已付出 {amount} 元', en: 'Withdrawal {number}: CNY {amount} is paid' },
    body: {
      zh: '提现 {number} 的 {amount} 元已按来源退回或汇往您的银行账户，到账时间以渠道为准。',
      en: 'CNY {amount} of withdrawal {number} went back to where it came from or to your bank account; when it arrives is up to them.',
    },
  },
  'withdrawal-failed': {
    subject: {
      zh: '提现 {number} 有 {amount} 元未能付出',
      en: 'Withdrawal {number}: CNY {amount} could not be paid',
    },
    body: {
      zh: '提现 {number} 中的 {amount} 元未能付出，已回到原处。请查看明细后再试。',
      en: 'CNY {amount} of withdrawal {number} could not be paid and is back where it was. Look at its parts and try again.',
    },
  },
  'bank-account-verified': {
    subject: { zh: '{bank}（尾号 {end}）已核实', en: '{bank} (ending {end}) is verified' },
    body: { zh: '可以用它提现了。', en: 'Withdrawals can go there now.' },
  },
  'bank-account-refused': {
    subject: { zh: '{bank}（尾号 {end}）未通过核实', en: '{bank} (ending {end}) was not verified' },
    body: { zh: '原因：{reason}', en: 'Why: {reason}' },
  },
  'invoice-issued': {
    subject: { zh: '{month} 月账单 {number}：{amount} 元', en: 'Invoice {number} for {month}: CNY {amount}' },
    body: {
      zh: '{month} 月按量费用共 {amount} 元，账单 {number} 可在控制台查看和下载。',
      en: 'Usage in {month} came to CNY {amount}. Invoice {number} can be seen and downloaded in the console.',
    },
  },
  'credit-note-issued': {
    subject: { zh: '贷项通知单 {number}：{amount} 元', en: 'Credit note {number}: CNY {amount}' },
    body: {
      zh: '账单 {invoice} 已冲减 {amount} 元，贷项通知单 {number} 可在控制台下载。',
      en: 'CNY {amount} of invoice {invoice} is credited. Credit note {number} can be downloaded in the console.',
    },
  },
  'tax-invoice-issued': {
    subject: { zh: '发票已开具：{number}', en: 'Your tax invoice is issued: {number}' },
    body: {
      zh: '抬头“{title}”，金额 {amount} 元，发票号码 {number}。请在控制台下载（条款 {clause}）。',
      en: 'For {title}, CNY {amount}, number {number}. Download it in the console (clause {clause}).',
    },
  },
  'tax-invoice-refused': {
    subject: { zh: '发票未能开具：{amount} 元', en: 'A tax invoice of CNY {amount} was not issued' },
    body: {
      zh: '原因：{reason}\n金额已释放，改正后可重新申请（条款 {clause}）。',
      en: 'Why: {reason}\nThe amount is free again; correct it and apply anew (clause {clause}).',
    },
  },
  'tax-invoice-reversed': {
    subject: { zh: '发票 {number} 已红冲', en: 'Tax invoice {number} is reversed' },
    body: {
      zh: '原因：{reason}\n红字发票号码 {reverse}。余下的金额可重新申请开票（条款 {clause}）。',
      en: 'Why: {reason}\nThe red-letter invoice is {reverse}. What remains can be applied for anew (clause {clause}).',
    },
  },
  'contract-sealed': {
    subject: { zh: '合同 {number} 已签章', en: 'Contract {number} is sealed' },
    body: {
      zh: '订单 {order} 的合同 {number} 已签章，可在控制台下载；签名可随时验证（条款 {clause}）。',
      en: 'Contract {number} of order {order} is sealed and can be downloaded in the console; its signature can be verified at any time (clause {clause}).',
    },
  },
  'contract-refused': {
    subject: { zh: '合同申请未通过：订单 {order}', en: 'The contract of order {order} was refused' },
    body: {
      zh: '原因：{reason}\n可以重新申请（条款 {clause}）。',
      en: 'Why: {reason}\nYou can apply again (clause {clause}).',
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
  ...TERMS_TEMPLATES,
} as const satisfies Record<string, Template>;

export type NoticeKind = keyof typeof TEMPLATES;
