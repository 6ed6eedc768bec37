import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'announcement-stays': {
    status: 409,
    title: { zh: '条款要求的公告不能撤下', en: 'What the terms ask to be announced stays' },
    remedy: { zh: '这条公告依据条款 {clause} 发布。', en: 'It was posted by clause {clause}.' },
  },
  'task-done': {
    status: 409,
    title: { zh: '这项任务已经有结果', en: 'This task has an outcome already' },
    remedy: { zh: '刷新后查看是谁处理的。', en: 'Look again to see who did it.' },
  },
  'notice-not-sent': {
    status: 409,
    title: { zh: '这封邮件没有发出', en: 'This mail was not sent' },
    remedy: { zh: '只有已发出的邮件会被退回。', en: 'Only mail that was sent comes back.' },
  },
});
