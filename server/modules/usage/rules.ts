import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'package-unknown': {
    status: 422,
    title: { zh: '没有这个资源包', en: 'There is no such package' },
    remedy: { zh: '请从列出的资源包中选择。', en: 'Choose one of those that are listed.' },
  },
});
