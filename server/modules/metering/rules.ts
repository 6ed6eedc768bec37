import type { Micro } from '#kernel/money.ts';
import { type Problem, problems } from '#kernel/problem.ts';

export type Settlement = 'hour' | 'day' | 'month';

/** Why a well-formed event isn't counted now. */
export type QuarantineReason = 'future' | 'too-old' | 'unknown-meter' | 'unknown-subject';

export const BATCH_EVENTS = 10_000;
export const BATCH_BYTES = 8 * 1024 * 1024;
/** Machines' clocks differ; what claims to be later than this is put aside (F47). */
export const SKEW_MS = 5 * 60_000;
/** What comes later than this needs somebody to look at it. */
export const LATE_DAYS = 35;
/** Events themselves are kept this long, so that a charge can be explained by them; readings and charges stay. */
export const EVENT_DAYS = 190;
/** Readings of levels are made this long after a slot's end, and usage is charged a little later. */
export const LEVEL_LAG_MINUTES = 2;
export const SETTLE_LAG_MINUTES = 5;
/** A charge of more than this (ten million yuan) is somebody's mistake until staff have looked at it. */
export const CHARGE_MAX: Micro = 10_000_000_000_000n;

export const problem = problems({
  'ingest-token-refused': {
    status: 401,
    title: { zh: '上报令牌无效', en: 'This ingest token is not valid' },
    remedy: {
      zh: '请使用工作人员签发且未撤销的令牌（Authorization: Bearer …）。',
      en: 'Use a token that staff issued and nobody revoked (Authorization: Bearer …).',
    },
  },
  'usage-malformed': {
    status: 415,
    title: { zh: '不是 CloudEvents JSON', en: 'Not CloudEvents in JSON' },
    remedy: {
      zh: '请以 application/cloudevents-batch+json（数组）或 application/cloudevents+json（单个）发送。',
      en: 'Send application/cloudevents-batch+json (an array) or application/cloudevents+json (one event).',
    },
  },
  'usage-invalid': {
    status: 422,
    title: {
      zh: '有 {count} 个事件不正确，整批都没有接收',
      en: '{count} event(s) are wrong; none of the batch was taken',
    },
    remedy: {
      zh: '请改正列出的事件后整批重发；已接收过的不会重复计量。',
      en: 'Correct those that are listed and send the batch again; nothing is counted twice.',
    },
  },
  'usage-too-many': {
    status: 413,
    title: { zh: '一批最多 {max} 个事件', en: 'A batch has {max} events at most' },
    remedy: { zh: '请分成几批发送。', en: 'Send them in several batches.' },
  },
  'metered-not-agreed': {
    status: 403,
    title: {
      zh: '该客户接受的条款没有按量计费',
      en: 'The terms that this customer accepted know no metered usage',
    },
    remedy: {
      zh: '请先让客户接受包含按量计费的条款。',
      en: 'The customer accepts terms with metered usage first.',
    },
  },
  'metered-product-unknown': {
    status: 422,
    title: { zh: '没有这个按量产品或计量项', en: 'There is no such metered product or meter' },
    remedy: { zh: '请从列出的产品和计量项中选择。', en: 'Choose one of those that are listed.' },
  },
  'subject-taken': {
    status: 409,
    title: { zh: '这个计量对象已经登记', en: 'This subject is registered already' },
    remedy: { zh: '请先结束原来的登记。', en: 'Close the earlier registration first.' },
  },
  'quarantine-decided': {
    status: 409,
    title: { zh: '这个事件已经处理过', en: 'This event has been decided already' },
    remedy: { zh: '请刷新列表。', en: 'Reload the list.' },
  },
  'quarantine-stands': {
    status: 409,
    title: { zh: '隔离的原因仍在：{reason}', en: 'The reason for the quarantine still stands: {reason}' },
    remedy: {
      zh: '未来时间的事件要等到那时；未知对象请先登记；否则请拒绝它。',
      en: 'Wait until an event’s time has come; register an unknown subject first; otherwise refuse it.',
    },
  },
  'correction-too-large': {
    status: 422,
    title: { zh: '更正后用量会小于零', en: 'This would leave less than nothing' },
    remedy: {
      zh: '该时段的用量是 {quantity}，最多减到零。',
      en: 'There are {quantity} in that slot; take away no more.',
    },
  },
});

/** For rooms above that are asked for a product by name. */
export function productUnknown(product: string): Problem {
  return problem['metered-product-unknown']({}, { errors: [{ field: 'product', message: product }] });
}
