/** Of money, usage and papers; joined to the others in templates.ts. */
export const MONEY_TEMPLATES = {
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
} as const;
