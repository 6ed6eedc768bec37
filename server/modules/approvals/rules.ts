import { problems } from '#kernel/problem.ts';

/** A question that nobody answers in this time lapses; it can be asked again. */
export const APPROVAL_HOURS = 24;

export const problem = problems({
  'approval-waiting': {
    status: 409,
    title: { zh: '这项操作已在等待另一位同事批准', en: 'This act already waits for a colleague' },
    remedy: { zh: '请在“待批准”中处理。', en: 'Decide it under “Approvals”.' },
  },
  'approval-own': {
    status: 403,
    title: { zh: '不能批准自己提出的操作', en: 'Nobody approves what they asked for' },
    remedy: { zh: '需要另一位同事批准。', en: 'Another member of the staff has to.' },
  },
  'approval-over': {
    status: 409,
    title: { zh: '这项申请已经处理或过期', en: 'This request is decided or has lapsed' },
    remedy: { zh: '如仍有需要，请重新提出。', en: 'Ask again if it is still needed.' },
  },
});
