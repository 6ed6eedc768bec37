import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'contract-exists': {
    status: 409,
    title: { zh: '这个订单已有合同', en: 'This order has a contract already' },
    remedy: { zh: '请在合同列表中查看。', en: 'See the list of contracts.' },
  },
  'contract-settled': {
    status: 409,
    title: { zh: '这份合同的状态已改变', en: 'This contract has moved on' },
    remedy: { zh: '请刷新后再操作。', en: 'Reload and look again.' },
  },
});
