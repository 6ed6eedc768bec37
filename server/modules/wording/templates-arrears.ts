/** Accounts that pay by use and run into arrears, and bills that are paid later. */
export const ARREARS_TEMPLATES = {
  'arrears-low': {
    subject: { zh: '余额仅剩约 {days} 天的用量', en: 'Your balance lasts about {days} more days' },
    body: {
      zh: '扣除已产生的用量后，余额还有 {left} 元；按最近每天约 {daily} 元，约可再用 {days} 天。\n余额低于当前消费时，账户会自动冻结（条款 {clause}）。请及时充值。',
      en: 'After what has been used, CNY {left} is left. At about CNY {daily} a day it lasts some {days} days.\nWhen the balance is below what is being consumed, the account is frozen automatically (clause {clause}). Please top up in time.',
    },
  },
  'account-frozen': {
    subject: { zh: '账户已冻结：请充值 {due} 元', en: 'Your account is frozen: CNY {due} is to be paid' },
    body: {
      zh: '余额低于当前消费，账户已于 {frozen} 冻结（条款 {clause}）。\n请在 {until} 前充值至少 {due} 元；到账后立即恢复，新的期限按付款扣除欠费后的金额计算。\n占用的存储空间继续按日计费。\n逾期未恢复的，协议终止，空间收回，数据永久删除（条款 {end_clause}）。',
      en: 'Your balance is below what is being consumed; the account was frozen at {frozen} (clause {clause}).\nPay at least CNY {due} before {until}: all goes on at once, the new term counted from the payment less the arrears.\nThe space that is taken up is charged on by the day.\nIf it isn’t unfrozen by then, the agreement ends, the space is reclaimed and the data deleted for good (clause {end_clause}).',
    },
  },
  'account-frozen-reminder': {
    subject: {
      zh: '账户将在 {days} 天后因欠费终止：请充值 {due} 元',
      en: 'Your agreement ends in {days} days over arrears: CNY {due} is to be paid',
    },
    body: {
      zh: '账户自 {frozen} 起冻结。请在 {until} 前充值至少 {due} 元；逾期协议终止，数据永久删除、无法找回（条款 {end_clause}）。',
      en: 'Your account has been frozen since {frozen}. Pay at least CNY {due} before {until}. After that the agreement ends and the data is deleted for good, with no way back (clause {end_clause}).',
    },
  },
  'account-unfrozen': {
    subject: { zh: '账户已恢复', en: 'Your account is unfrozen' },
    body: {
      zh: '欠费已结清，账户自 {from} 起恢复正常（条款 {end_clause}）。付款扣除欠费后余额 {left} 元，新的期限由此起算。',
      en: 'What was owed is paid; all goes on from {from} (clause {end_clause}). Of the payment CNY {left} is left after the arrears, and the new term is counted from it.',
    },
  },
  'account-ended': {
    subject: { zh: '协议已因欠费终止', en: 'The agreement has ended over arrears' },
    body: {
      zh: '账户自 {frozen} 冻结后未在 {until} 前恢复，协议已终止，空间已收回（条款 {end_clause}）。\n数据将于 {erases} 永久删除（条款 {erase_clause}）。\n欠款 {owed} 元仍须支付，未付部分自此按日计滞纳金（条款 {fee_clause}）。',
      en: 'Your account was frozen at {frozen} and not unfrozen by {until}. The agreement has ended and the space is reclaimed (clause {end_clause}).\nThe data is deleted for good at {erases} (clause {erase_clause}).\nThe CNY {owed} that is owed stays to be paid, from now on with a late fee by the day on what is unpaid (clause {fee_clause}).',
    },
  },
  'account-erased': {
    subject: { zh: '数据已永久删除', en: 'The data is deleted for good' },
    body: {
      zh: '因欠费终止的协议所占用的空间（{count} 项）中的数据已永久删除，删除证明可在控制台查看（条款 {erase_clause}）。',
      en: 'The data in the {count} spaces of the agreement that ended over arrears is deleted for good. The certificate is in the console (clause {erase_clause}).',
    },
  },
  'bill-issued': {
    subject: { zh: '账单 {number}：{amount} 元，{due} 前支付', en: 'Bill {number}: CNY {amount}, due {due}' },
    body: {
      zh: '{hostname} 已按账单续期至 {expires}。\n账单 {number} 共 {amount} 元，请在 {due} 前支付；逾期将停机并按日计滞纳金，停机后 {end_days} 天内仍未支付的终止服务（条款 {clause}）。\n可随时在控制台用余额支付。',
      en: '{hostname} goes on until {expires} by bill.\nBill {number} is CNY {amount}, due {due}. What is overdue suspends the service, with a late fee by the day; unpaid for {end_days} more days, the service ends (clause {clause}).\nPay from your balance in the console at any time.',
    },
  },
  'bill-reminder': {
    subject: {
      zh: '账单 {number} 将在 {days} 天后到期：{amount} 元',
      en: 'Bill {number} is due in {days} days: CNY {amount}',
    },
    body: {
      zh: '{hostname} 的账单 {number} 还有 {amount} 元未付，请在 {due} 前支付；逾期将停机并按日计滞纳金（条款 {clause}）。',
      en: 'CNY {amount} of bill {number} for {hostname} is unpaid. Pay before {due}; what is overdue suspends the service, with a late fee by the day (clause {clause}).',
    },
  },
  'bill-overdue': {
    subject: {
      zh: '账单 {number} 已逾期，{hostname} 已停机',
      en: 'Bill {number} is overdue; {hostname} is suspended',
    },
    body: {
      zh: '账单 {number} 未在 {due} 前付清，{hostname} 已停机（条款 {clause}）。\n还需支付 {amount} 元，未付部分按日计滞纳金；付清立即恢复。{ends} 前仍未付清的终止服务，欠款仍须支付。',
      en: 'Bill {number} was not paid by {due}; {hostname} is suspended (clause {clause}).\nCNY {amount} is to be paid, with a late fee by the day on what is unpaid. Paid in full, it runs again at once. Unpaid at {ends}, the service ends, and the debt stays.',
    },
  },
  'bill-ended': {
    subject: { zh: '{hostname} 已因账单逾期终止', en: '{hostname} has ended over an unpaid bill' },
    body: {
      zh: '账单 {number} 逾期未付，{hostname} 已终止（条款 {clause}）。欠款 {amount} 元仍须支付，未付部分继续按日计滞纳金。',
      en: 'Bill {number} stayed unpaid and {hostname} has ended (clause {clause}). The CNY {amount} stays to be paid, with a late fee by the day on what is unpaid.',
    },
  },
  'bill-paid': {
    subject: { zh: '账单 {number} 已付清', en: 'Bill {number} is paid' },
    body: {
      zh: '{hostname} 的账单 {number} 共 {amount} 元已付清。',
      en: 'Bill {number} for {hostname}, CNY {amount}, is paid in full.',
    },
  },
  'bill-not-issued': {
    subject: { zh: '{hostname} 未能按账单续期', en: '{hostname} was not renewed by bill' },
    body: {
      zh: '原因：{reason}。\n{hostname} 将于 {expires} 到期，届时改从余额续费；余额不足即停机（条款 {clause}）。',
      en: 'Why: {reason}.\n{hostname} expires at {expires} and is renewed from the balance then; without enough in it, it is suspended (clause {clause}).',
    },
  },
} as const;
