import { problems } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { addDays } from '#kernel/time.ts';
import type { Measure, Parameters, Trace } from '#modules/terms/index.ts';

/** How each measure is taken back; null: it can't be, and two of the staff decide on it. */
export const REVERSAL: Record<Measure, LocalizedText | null> = {
  throttle: {
    zh: '解除后立即恢复所购处理器。',
    en: 'Lifted, the processors that were bought are back at once.',
  },
  suspend: {
    zh: '解除后服务立即恢复；已购时长照常计算。',
    en: 'Lifted, the service runs again at once; what was paid ran on meanwhile.',
  },
  'unbind-address': {
    zh: '解除后原地址和端口映射恢复。',
    en: 'Lifted, the same address and ports lead there again.',
  },
  restrict: { zh: '逐项解除即可恢复。', en: 'Each restriction is lifted for itself.' },
  'freeze-money': {
    zh: '申诉成立即解冻；未申诉或被驳回的，长期冻结或原路退回。',
    en: 'A granted appeal lifts it; with none, or a refused one, it stays frozen or goes back where it came from.',
  },
  end: null,
  wipe: null,
  ban: null,
};

/** Which measures concern one service; the others concern the customer as a whole. */
export const OF_SERVICE: ReadonlySet<Measure> = new Set([
  'throttle',
  'suspend',
  'unbind-address',
  'end',
  'wipe',
]);

export function isFinal(measure: Measure): boolean {
  return REVERSAL[measure] === null;
}

type Enforcement = NonNullable<Parameters['enforcement']>;

/** What a case is about, as far as it decides which measures may follow. */
export interface Ground {
  origin: Origin;
  category: string;
}

/** The measure as the terms allow it for such a breach: by a clause of its category's, else by the general one; undefined where they don't. */
export function measureAllowed(
  { enforcement, authority_order: order }: Parameters,
  measure: Measure,
  { origin, category }: Ground,
): { clause: string; balance?: 'not-paid-back' | 'own' | undefined } | undefined {
  if (origin === 'authority')
    return order?.measures.some((known) => known === measure) ? { clause: order.clause } : undefined;
  const known = enforcement?.measures.filter((one) => one.measure === measure) ?? [];
  return (
    known.find(({ categories }) => categories?.includes(category)) ??
    known.find(({ categories }) => categories === undefined)
  );
}

/** The measures that may follow such a case. */
export function measuresOf(parameters: Parameters, ground: Ground): Measure[] {
  if (ground.origin === 'authority') return [...(parameters.authority_order?.measures ?? [])];
  const named = new Set((parameters.enforcement?.measures ?? []).map(({ measure }) => measure));
  return [...named].filter((measure) => measureAllowed(parameters, measure, ground));
}

export type Origin = 'trace' | 'report' | 'staff' | 'authority' | 'contact';

export function categoryOf(enforcement: Enforcement | undefined, id: string) {
  return enforcement?.categories.find((category) => category.id === id);
}

/**
 * What follows by itself where a contact isn't corrected in time (亚云 4.5.1-contact): a case of that category, and this
 * measure by the clause of the contact. Null where the terms list no such breach.
 */
export function contactFollows({ enforcement }: Parameters) {
  const category = categoryOf(enforcement, 'contact');
  return category ? { category, measure: 'ban' as const } : null;
}

/** The category that a trace stands for; undefined where the terms look for no such trace. */
export function categoryOfTrace(enforcement: Enforcement | undefined, trace: Trace) {
  return enforcement?.categories.find(({ traces }) => traces?.includes(trace));
}

export interface CounterSample {
  at: Date;
  /** What has been used since the machine started. */
  counter: bigint;
}

/** Between two samples; further apart, nobody knows what was between them. */
const GAP_MS = 120_000;

/**
 * Since when a counter has grown by more than `percent` of what it can (`fullPerMs`) without a break, up to the newest
 * sample; null when it doesn't now. A counter that fell was reset by a restart, and a gap breaks it: what wasn't seen
 * isn't held against anybody (蓝天云 4.1).
 */
export function busySince(
  samples: readonly CounterSample[],
  fullPerMs: number,
  percent: number,
): Date | null {
  let since: Date | null = null;
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1]!, samples[i]!];
    const ms = after.at.getTime() - before.at.getTime();
    const used = Number(after.counter - before.counter);
    const isBusy = ms > 0 && ms <= GAP_MS && (used / ms / fullPerMs) * 100 > percent;
    if (!isBusy) since = null;
    else since ??= before.at;
  }
  return since;
}

/** The last instant at which an answer or an appeal counts. */
export function answerUntil(now: Date, days: number, zone: string): Date {
  return addDays(now, days, zone);
}

export const problem = problems({
  'case-not-in-terms': {
    status: 409,
    title: { zh: '客户接受的条款没有这一类违规', en: 'The customer’s terms know no such breach' },
    remedy: { zh: '可选类别：{categories}。', en: 'Choose one of {categories}.' },
  },
  'case-decided': {
    status: 409,
    title: { zh: '这个案件已经处理', en: 'This case is decided already' },
    remedy: {
      zh: '另一位同事已作出决定，请刷新查看。',
      en: 'A colleague was first; reload to see what was decided.',
    },
  },
  'case-open': {
    status: 409,
    title: { zh: '案件还没有认定', en: 'This case isn’t decided yet' },
    remedy: { zh: '请先认定是否违规。', en: 'Decide first whether it is a breach.' },
  },
  'measure-not-in-terms': {
    status: 409,
    title: { zh: '客户接受的条款没有这项措施', en: 'The customer’s terms allow no such measure' },
    remedy: { zh: '可以采取：{measures}。', en: 'Possible: {measures}.' },
  },
  'measure-needs-service': {
    status: 422,
    title: { zh: '这项措施须指明服务', en: 'This measure is about one service' },
    remedy: { zh: '请选择案件客户名下的一项服务。', en: 'Choose one of the customer’s services.' },
  },
  'measure-needs-acts': {
    status: 422,
    title: { zh: '请指明限制哪些功能', en: 'Say which functions are restricted' },
    remedy: { zh: '至少选择一项。', en: 'Choose one at least.' },
  },
  'measure-until-past': {
    status: 422,
    title: { zh: '自动解除的时间已过', en: 'The time at which it ends by itself is past' },
    remedy: { zh: '请填写将来的时间，或留空。', en: 'Give a later time, or none.' },
  },
  'measure-stands': {
    status: 409,
    title: { zh: '这项措施已经生效', en: 'This measure stands already' },
    remedy: { zh: '无需重复。', en: 'Nothing is to be done.' },
  },
  'measure-final': {
    status: 409,
    title: { zh: '这项措施不能撤销', en: 'This measure can’t be taken back' },
    remedy: {
      zh: '已终止、清除的无法恢复；封禁只能经申诉解除。',
      en: 'What is ended or erased is gone; a ban falls with a granted appeal alone.',
    },
  },
  'measure-over': {
    status: 409,
    title: { zh: '这项措施已不在生效', en: 'This measure doesn’t stand any more' },
    remedy: { zh: '无需处理。', en: 'Nothing is to be done.' },
  },
  'not-machine': {
    status: 409,
    title: { zh: '这项服务没有可以限制的主机', en: 'This service has no machine to limit' },
    remedy: { zh: '请选择云主机类服务。', en: 'Choose a service with a machine.' },
  },
  'inquiry-not-in-terms': {
    status: 409,
    title: { zh: '条款没有约定限期答复', en: 'The terms ask for no answer in time' },
    remedy: { zh: '请改用工单联系客户。', en: 'Write to the customer instead.' },
  },
  'answer-too-late': {
    status: 409,
    title: { zh: '已过答复期限', en: 'The time for an answer is over' },
    remedy: { zh: '请联系客服。', en: 'Contact support.' },
  },
  'appeal-not-in-terms': {
    status: 409,
    title: { zh: '条款没有约定申诉', en: 'The terms know no appeal' },
    remedy: {
      zh: '请联系客服；资金冻结的申诉请在“资金”页面提交。',
      en: 'Contact support; an appeal against frozen money stands on the page “Funds”.',
    },
  },
  'appealed-already': {
    status: 409,
    title: { zh: '已经申诉过', en: 'You appealed already' },
    remedy: { zh: '请等待处理结果。', en: 'Wait for the answer.' },
  },
});
