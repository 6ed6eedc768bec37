import { problems } from '#kernel/problem.ts';

/** What the file can hold; more is given by hand, and recorded as a disclosure. */
export const EXPORTED = ['account', 'logs'] as const;
export type Exported = (typeof EXPORTED)[number];

export const FILE_HOURS = 72;
export const EVENTS_MOST = 200_000;

/** The act that a second person approves. */
export const EXPORT_ACT = 'authority.export';

export const problem = problems({
  'authority-span': {
    status: 422,
    title: { zh: '所选期间不正确', en: 'The span is wrong' },
    remedy: {
      zh: '请选择已经过去、且结束晚于开始的期间。',
      en: 'Choose one that is over, and ends after it begins.',
    },
  },
  'authority-too-much': {
    status: 422,
    title: { zh: '期间内的记录过多', en: 'There is too much on record in that span' },
    remedy: { zh: '请分段申请，每段不超过 {most} 条。', en: 'Ask for parts of at most {most} events.' },
  },
  'authority-file-gone': {
    status: 409,
    title: { zh: '文件已下载或已过期', en: 'The file was had already, or has lapsed' },
    remedy: { zh: '如仍有需要，请重新申请。', en: 'Ask again if it is still needed.' },
  },
});
