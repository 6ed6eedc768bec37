import { problems } from '#kernel/problem.ts';
import { naturalDay } from '#kernel/time.ts';

/** A proposal that nobody answers in this time lapses; it can be made again. */
export const PROPOSAL_DAYS = 7;

/** "EC20260405-1F3A9C20": the day of the brand, and the end of the service's id. */
export function certificateNumber(serviceId: string, at: Date, zone: string): string {
  const day = naturalDay(at, zone).replaceAll('-', '');
  return `EC${day}-${serviceId.replaceAll('-', '').slice(-12).toUpperCase()}`;
}

export const problem = problems({
  'end-not-in-terms': {
    status: 409,
    title: {
      zh: '客户接受的条款没有约定由我们提前终止',
      en: 'The customer’s terms don’t let us end a service early',
    },
    remedy: { zh: '请与客户协商，或等到期。', en: 'Agree on it with the customer, or wait for its end.' },
  },
  'breach-not-in-terms': {
    status: 409,
    title: {
      zh: '客户接受的条款没有约定违约终止',
      en: 'The customer’s terms know no end by breach',
    },
    remedy: { zh: '请与客户协商。', en: 'Agree on an end with the customer.' },
  },
  'proposal-waiting': {
    status: 409,
    title: { zh: '已有一份终止提议在等客户答复', en: 'A proposal already waits for the customer’s answer' },
    remedy: { zh: '先撤回它，再提出新的。', en: 'Withdraw it before you make another.' },
  },
  'proposal-over': {
    status: 409,
    title: { zh: '这份提议已处理或已过期', en: 'This proposal is decided or has lapsed' },
    remedy: { zh: '如仍有需要，请对方重新提出。', en: 'Ask for another if it is still needed.' },
  },
  'proposal-too-much': {
    status: 422,
    title: { zh: '退款金额高于未消费的部分', en: 'The refund is more than what isn’t consumed' },
    remedy: { zh: '现在最多可退 {left} 元。', en: 'At most CNY {left} can go back now.' },
  },
  'proposal-outrun': {
    status: 409,
    title: {
      zh: '提议的退款已高于现在未消费的部分',
      en: 'Meanwhile less is left than the proposal gives back',
    },
    remedy: { zh: '请联系我们按现在的余额重新提出。', en: 'Write to us for a proposal by what is left now.' },
  },
});
