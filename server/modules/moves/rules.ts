import { problems } from '#kernel/problem.ts';
import { addDays } from '#kernel/time.ts';

/**
 * The earliest start of a move that is announced now: so many natural days of the brand's zone ahead, at the same time of
 * day (亚云 5.5). What must be announced longest ahead decides for all.
 */
export function earliestStart(now: Date, noticeDays: readonly number[], zone: string): Date {
  return addDays(now, Math.max(0, ...noticeDays), zone);
}

export const problem = problems({
  'move-too-soon': {
    status: 422,
    title: { zh: '没有提前足够的自然日通知', en: 'Too soon: it has to be announced longer ahead' },
    remedy: {
      zh: '按条款 {clause}，须至少提前 {days} 个自然日通知，最早 {earliest} 开始。',
      en: 'By clause {clause} it is announced {days} natural days ahead: {earliest} at the earliest.',
    },
  },
  'move-window': {
    status: 422,
    title: { zh: '时间窗口不对', en: 'That isn’t a window' },
    remedy: {
      zh: '开始时间须在将来，结束时间须晚于开始时间。',
      en: 'It begins in the future and ends after it begins.',
    },
  },
  'move-nobody': {
    status: 422,
    title: { zh: '没有服务需要迁移', en: 'No service would move' },
    remedy: {
      zh: '请选择有服务的节点，或填写服务编号。',
      en: 'Choose a node with services, or name services.',
    },
  },
  'move-over': {
    status: 409,
    title: { zh: '这次迁移已取消或完成', en: 'This move is cancelled or done' },
    remedy: { zh: '请刷新查看。', en: 'Reload and look at it.' },
  },
  'move-not-begun': {
    status: 409,
    title: { zh: '还没到迁移时间', en: 'The window hasn’t begun' },
    remedy: { zh: '到 {from} 之后才能记为完成。', en: 'It can be done from {from} on.' },
  },
  'move-bad-node-unknown': {
    status: 409,
    title: { zh: '条款没有约定因节点故障迁移', en: 'The terms know no move away from a bad node' },
    remedy: { zh: '请按计划迁移提前通知。', en: 'Announce it as a planned move.' },
  },
});
