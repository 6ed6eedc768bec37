import { problems } from '#kernel/problem.ts';
import { addMs } from '#kernel/time.ts';
import { monthName, monthStart, nextMonth } from '#modules/invoicing/rules.ts';

export const HOUR_MS = 3_600_000;

/** A piece of time, in ms since 1970; `until` is no longer part of it. */
export interface Span {
  from: number;
  until: number;
}

/** The same time without overlaps, in order; what touches is one. Empty spans are left out. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.until <= span.from) continue;
    const last = result.at(-1);
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else result.push({ ...span });
  }
  return result;
}

/** The part of it that lies within the bounds; null when none does. */
export function within(span: Span, bounds: Span): Span | null {
  const from = Math.max(span.from, bounds.from);
  const until = Math.min(span.until, bounds.until);
  return from < until ? { from, until } : null;
}

/** The continuous time without service that `span` is a part of. */
export function continuous(span: Span, others: readonly Span[]): Span {
  return merged([span, ...others]).find(({ from, until }) => from <= span.from && span.until <= until)!;
}

export function length(spans: readonly Span[]): number {
  return merged(spans).reduce((sum, { from, until }) => sum + until - from, 0);
}

/** Each full continuous hour, in ms (七牛云 8.2). */
export function fullHours({ from, until }: Span): number {
  return Math.floor((until - from) / HOUR_MS) * HOUR_MS;
}

export interface Month {
  /** By its first day, "2026-03-01". */
  name: string;
  span: Span;
}

/** The natural months of that zone in which some of the span lies. */
export function monthsOf({ from, until }: Span, zone: string): Month[] {
  const months: Month[] = [];
  for (let at = monthStart(new Date(from), zone); at.getTime() < until; ) {
    const next = nextMonth(at, zone);
    months.push({ name: monthName(at, zone), span: { from: at.getTime(), until: next.getTime() } });
    at = next;
  }
  return months;
}

/** The natural month by its name: see `monthsOf`. */
export function monthNamed(name: string, zone: string): Month {
  const start = monthStart(addMs(new Date(`${name}T12:00:00Z`), 86_400_000), zone);
  const span = { from: start.getTime(), until: nextMonth(start, zone).getTime() };
  return { name, span };
}

/** "99.95" as ten-thousandths of a percent. */
function percent(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole! + fraction.padEnd(4, '0'));
}

export interface SlaTable {
  promised_percent: string;
  table: readonly { below_percent: string; back_percent: number }[];
}

/**
 * How much of the month's fee goes back: nothing while what was promised is kept; otherwise the most that a step which
 * the availability fell below gives. Exact: an availability that equals a step isn't below it.
 */
export function backPercent(sla: SlaTable, downMs: number, servedMs: number): number {
  const up = BigInt(servedMs - downMs) * 1_000_000n;
  const isBelow = (text: string) => up < percent(text) * BigInt(servedMs);
  if (servedMs === 0 || !isBelow(sla.promised_percent)) return 0;
  const steps = sla.table.filter(({ below_percent }) => isBelow(below_percent));
  return steps.reduce((most, { back_percent }) => Math.max(most, back_percent), 0);
}

/** "99.7312", cut, never rounded up to what it isn't. */
export function availabilityText(downMs: number, servedMs: number): string {
  const parts = servedMs === 0 ? 1_000_000n : (BigInt(servedMs - downMs) * 1_000_000n) / BigInt(servedMs);
  return `${parts / 10_000n}.${String(parts % 10_000n).padStart(4, '0')}`;
}

export const problem = problems({
  'outage-ahead': {
    status: 422,
    title: { zh: '时间在将来', en: 'The time lies ahead' },
    remedy: { zh: '故障的起止时间不能晚于现在。', en: 'An outage began and ended before now.' },
  },
  'outage-order': {
    status: 422,
    title: { zh: '结束时间须晚于开始时间', en: 'It ends before it begins' },
    remedy: { zh: '请改正起止时间。', en: 'Correct the two times.' },
  },
  'outage-nobody': {
    status: 422,
    title: { zh: '没有指明受影响的范围', en: 'Nothing is named that it hit' },
    remedy: {
      zh: '请选择节点、计量产品，或填写服务编号。',
      en: 'Choose a node or a metered product, or name services.',
    },
  },
  'outage-cause-unknown': {
    status: 422,
    title: { zh: '条款没有列出这个原因', en: 'The terms don’t list this cause' },
    remedy: { zh: '可选原因：{causes}。', en: 'They list {causes}.' },
  },
  'outage-unknown-service': {
    status: 422,
    title: { zh: '有服务不存在：{ids}', en: 'No such service: {ids}' },
    remedy: { zh: '请核对服务编号。', en: 'Check the ids.' },
  },
  'outage-moved-on': {
    status: 409,
    title: { zh: '故障记录已被同事更新', en: 'A colleague has written to this outage meanwhile' },
    remedy: { zh: '请刷新，查看最新记录后再操作。', en: 'Reload and look at the newest entry.' },
  },
  'outage-lasts': {
    status: 409,
    title: { zh: '故障还没有结束', en: 'The outage isn’t over' },
    remedy: { zh: '请先记录结束时间。', en: 'Record when it ended first.' },
  },
  'outage-settled': {
    status: 409,
    title: { zh: '这次故障已经处理', en: 'This outage is settled already' },
    remedy: {
      zh: '已于 {at} 处理。如记录有误，请先补充更正。',
      en: 'It was settled at {at}. If the book is wrong, add a correction first.',
    },
  },
  'outage-untold': {
    status: 409,
    title: { zh: '不可抗力须先书面告知并附证明', en: 'Force majeure is told in writing with proof first' },
    remedy: {
      zh: '请先上传证明并通知受影响的客户（条款 {clause}）。',
      en: 'Upload the proof and tell those who are affected (clause {clause}).',
    },
  },
  'proof-unreadable': {
    status: 422,
    title: { zh: '这不是可用的证明文件', en: 'This can’t be taken as a proof' },
    remedy: {
      zh: '请上传 {megabytes} MB 以内完整的 PNG、JPEG 图片或不含脚本与附件的 PDF。',
      en: 'Upload a whole PNG or JPEG picture or a PDF without scripts and attachments, at most {megabytes} MB.',
    },
  },
  'proof-not-needed': {
    status: 409,
    title: { zh: '这次故障的原因不是不可抗力', en: 'The cause of this outage isn’t force majeure' },
    remedy: { zh: '请先更正原因。', en: 'Correct the cause first.' },
  },
  'end-right-missing': {
    status: 403,
    title: { zh: '没有因故障终止的权利', en: 'There is no right to end it for an outage' },
    remedy: {
      zh: '条款约定的连续中断时长没有达到，或已经使用过。',
      en: 'It wasn’t down for as long as the terms ask for, or the right was used.',
    },
  },
});
