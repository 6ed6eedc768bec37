import { problems } from '#kernel/problem.ts';

export const BUDGETS_MAX = 20;

export const problem = problems({
  'too-many-budgets': {
    status: 409,
    title: { zh: '预算最多 {max} 个', en: 'At most {max} budgets' },
    remedy: { zh: '请修改或删除已有的预算。', en: 'Change or delete one.' },
  },
});
