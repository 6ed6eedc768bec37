import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'service-contract-not-in-terms': {
    status: 409,
    title: {
      zh: '该客户接受的条款没有服务合同优先的约定',
      en: 'The terms of this customer let no service contract stand over them',
    },
    remedy: { zh: '以协议和订购页面为准。', en: 'The agreement and the order page hold.' },
  },
  'service-contract-figures': {
    status: 422,
    title: { zh: '合同参数有误', en: 'The figures of this contract can’t be read' },
    remedy: { zh: '请改正 {where}：{why}', en: 'Correct {where}: {why}' },
  },
  'service-contract-dates': {
    status: 422,
    title: { zh: '合同日期有误', en: 'The days of this contract can’t be' },
    remedy: {
      zh: '最后一天不能早于第一天（{from}），也不能早于今天。',
      en: 'Its last day is neither before its first ({from}) nor before today.',
    },
  },
  'service-contract-overlaps': {
    status: 409,
    title: { zh: '与已有合同重叠', en: 'It overlaps another one' },
    remedy: {
      zh: '{number} 对同样的服务从 {from} 到 {to} 有效{parameters}。请先终止它，或改期。',
      en: '{number} holds for the same services from {from} to {to}{parameters}. End it first, or choose other days.',
    },
  },
  'service-contract-file': {
    status: 422,
    title: { zh: '缺少签署文件', en: 'The signed file is missing' },
    remedy: {
      zh: '请附上签署后的 PDF 或 OFD 文件，不超过 4 MB。',
      en: 'Attach the signed paper: a PDF or OFD of at most 4 MB.',
    },
  },
  'service-contract-number': {
    status: 409,
    title: { zh: '这个合同编号已登记', en: 'A contract of this number is on record' },
    remedy: { zh: '请核对编号。', en: 'Check the number.' },
  },
  'service-contract-service': {
    status: 422,
    title: { zh: '这个服务不属于该客户', en: 'This service isn’t the customer’s' },
    remedy: {
      zh: '请从客户自己的服务中选择，附件只能用于其合同所及的服务。',
      en: 'Choose one of the customer’s own; an attachment is for services that its contract is for.',
    },
  },
  'service-contract-parent': {
    status: 422,
    title: { zh: '附件须属于一份有效的合同', en: 'An attachment belongs to a contract that holds' },
    remedy: {
      zh: '请选择该客户已生效的合同，附件日期不能超出合同。',
      en: 'Choose a contract of this customer that is agreed to; its days stay within the contract’s.',
    },
  },
  'service-contract-over': {
    status: 409,
    title: { zh: '这份合同不在有效状态', en: 'This contract isn’t one that holds' },
    remedy: { zh: '请刷新查看它的当前状态。', en: 'Reload and look at its state.' },
  },
});

export interface Term {
  kind: 'service-contract' | 'attachment';
  /** Null: all services of the customer. */
  serviceId: string | null;
  /** Natural days, both counted in; null: until it is ended. */
  from: string;
  to: string | null;
  parameters: readonly string[];
}

/**
 * Why two papers can't both stand: the figures that both say (of attachments), or their being two contracts for the
 * same services on one day. Null: they can.
 */
export function clash(a: Term, b: Term): readonly string[] | null {
  if (a.kind !== b.kind || a.serviceId !== b.serviceId) return null;
  if ((a.to !== null && a.to < b.from) || (b.to !== null && b.to < a.from)) return null;
  if (a.kind === 'service-contract') return [];
  const both = a.parameters.filter((name) => b.parameters.includes(name));
  return both.length > 0 ? both : null;
}

/** Whether one term lies within another. */
export function within(inner: Pick<Term, 'from' | 'to'>, outer: Pick<Term, 'from' | 'to'>): boolean {
  if (inner.from < outer.from) return false;
  return outer.to === null || (inner.to !== null && inner.to <= outer.to);
}
