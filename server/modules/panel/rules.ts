import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'too-many-terminals': {
    status: 429,
    title: { zh: '打开的终端过多', en: 'Too many open terminals' },
    remedy: { zh: '请先关闭其他终端。', en: 'Close another one first.' },
  },
  'too-many-streams': {
    status: 429,
    title: { zh: '打开的事件流过多', en: 'Too many open streams' },
    remedy: { zh: '请先关闭其他页面或程序的事件流。', en: 'Close one of another page or program first.' },
  },
});
