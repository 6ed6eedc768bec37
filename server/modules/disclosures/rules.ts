import { problems } from '#kernel/problem.ts';

/** What can be given away of a customer. */
export const KINDS = ['account', 'verification', 'usage', 'payments', 'logs', 'content'] as const;
export type Kind = (typeof KINDS)[number];

export const problem = problems({
  'disclosure-not-allowed': {
    status: 422,
    title: { zh: '条款不允许以此理由披露', en: 'The terms don’t allow it for this reason' },
    remedy: { zh: '客户接受的条款允许：{cases}。', en: 'What the customer accepted allows: {cases}.' },
  },
});
