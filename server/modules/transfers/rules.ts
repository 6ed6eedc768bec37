import { problems } from '#kernel/problem.ts';

export const SLIPS_MAX = 5;

export const problem = problems({
  'slip-too-large': {
    status: 413,
    title: { zh: '凭证文件过大', en: 'The slip is too large' },
    remedy: { zh: '请上传 {megabytes} MB 以内的文件。', en: 'Upload a file of at most {megabytes} MB.' },
  },
  'slip-unreadable': {
    status: 422,
    title: { zh: '这不是可用的转账凭证', en: 'This can’t be taken as a slip' },
    remedy: {
      zh: '请上传完整的 PNG、JPEG 图片或不含脚本与附件的 PDF。',
      en: 'Upload a whole PNG or JPEG picture, or a PDF without scripts and attachments.',
    },
  },
  'slip-day-ahead': {
    status: 422,
    title: { zh: '转账日期在今天之后', en: 'The day of the transfer lies ahead' },
    remedy: { zh: '请填写银行回单上的日期。', en: 'Give the day that stands on the bank’s slip.' },
  },
  'slips-enough': {
    status: 409,
    title: { zh: '凭证数量已达上限', en: 'There are slips enough' },
    remedy: {
      zh: '每笔转账最多 {max} 份凭证；如需更换请联系客服。',
      en: 'At most {max} for a transfer; write to support.',
    },
  },
  'transfer-decided': {
    status: 409,
    title: { zh: '这笔转账已处理', en: 'This transfer has been decided' },
    remedy: { zh: '请刷新列表。', en: 'Reload the list.' },
  },
  'receipt-used': {
    status: 409,
    title: { zh: '这笔银行入账已处理', en: 'This receipt of the bank has been decided' },
    remedy: {
      zh: '一个银行流水号只能入账一次，请核对流水号。',
      en: 'A bank reference is credited once; check it.',
    },
  },
  'receipt-differs': {
    status: 422,
    title: { zh: '金额与银行流水不同', en: 'The bank’s statement has another amount' },
    remedy: {
      zh: '银行流水为 {received} 元，请按实际到账金额入账。',
      en: 'It says CNY {received}; credit what was received.',
    },
  },
  'statement-faulty': {
    status: 422,
    title: {
      zh: '银行流水有 {faults} 处错误，未导入任何一行',
      en: 'The statement has {faults} faults; no row was taken',
    },
    remedy: {
      zh: '请按行号和列名逐一更正后重新导入。',
      en: 'Correct each by its row and column, then import it again.',
    },
  },
  'transfers-not-offered': {
    status: 409,
    title: { zh: '本品牌没有银行收款账户', en: 'This brand has no bank account' },
    remedy: { zh: '请在 brand.yaml 填写 bank_account。', en: 'Give `bank_account` in brand.yaml.' },
  },
});

/** Waiting, or closed and paid late (F42); never one that has been credited. */
export function creditable(payment: { state: string }): boolean {
  return payment.state === 'pending' || payment.state === 'closed';
}

/** The reference says more than amount and payer together. */
export function likeness(one: { reference: boolean; amount: boolean; payer: boolean }): number {
  return (one.reference ? 4 : 0) + (one.amount ? 2 : 0) + (one.payer ? 1 : 0);
}
