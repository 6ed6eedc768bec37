import type { LocalizedText } from '#kernel/text.ts';

/** What a line of a customer's statement says, by the kind of its ledger transaction. */
export const STATEMENT_TEXT: Record<string, LocalizedText> = {
  'channel-refund': { zh: '原路退回', en: 'Sent back the way it came' },
  'channel-refund-back': {
    zh: '原路退回失败，已退还余额',
    en: 'Could not be sent back: in the balance again',
  },
  'top-up': { zh: '充值', en: 'Top-up' },
  usage: { zh: '用量费用', en: 'Usage' },
  'usage-credit': { zh: '用量更正退回', en: 'Usage corrected: given back' },
  'usage-package': { zh: '购买资源包', en: 'Prepaid quota' },
  order: { zh: '购买服务', en: 'New service' },
  renewal: { zh: '续费', en: 'Renewal' },
  'order-refund': { zh: '未能开通，全额退回', en: 'Could not be delivered: refunded in full' },
  'plan-change': { zh: '变更套餐补差价', en: 'Change of plan' },
  extension: { zh: '余值折算为时长', en: 'Time bought with what was left' },
  'unconsumed-refund': { zh: '退回未消费部分', en: 'The unconsumed part back' },
  'gift-granted': { zh: '赠金发放', en: 'Gift' },
  'gift-expired': { zh: '赠金到期', en: 'Gift ended' },
  'funds-frozen': { zh: '资金冻结', en: 'Frozen' },
  'funds-lifted': { zh: '解除冻结', en: 'Free again' },
  withdrawal: { zh: '提现', en: 'Withdrawal' },
  'withdrawal-returned': { zh: '提现退回', en: 'Withdrawal returned' },
  reversal: { zh: '冲正', en: 'Correction of an earlier line' },
  'debt-paid': { zh: '结清欠款', en: 'Debt paid' },
  'sla-compensation': { zh: '可用性补偿', en: 'Made good: availability' },
  'liability-paid': { zh: '赔偿', en: 'Claim granted' },
  'package-refund': { zh: '资源包未消费部分退回', en: 'The unconsumed part of a package back' },
};
