import type { LocalizedText } from '#kernel/text.ts';

/** What a line of a customer's statement says, by the kind of its ledger transaction. */
export const STATEMENT_TEXT: Record<string, LocalizedText> = {
  'top-up': { zh: '充值', en: 'Top-up' },
  order: { zh: '购买服务', en: 'New service' },
  renewal: { zh: '续费', en: 'Renewal' },
  'order-refund': { zh: '未能开通，全额退回', en: 'Could not be delivered: refunded in full' },
  'funds-frozen': { zh: '资金冻结', en: 'Frozen' },
  'funds-lifted': { zh: '解除冻结', en: 'Free again' },
  withdrawal: { zh: '提现', en: 'Withdrawal' },
  'withdrawal-returned': { zh: '提现退回', en: 'Withdrawal returned' },
  'debt-paid': { zh: '结清欠款', en: 'Debt paid' },
};
