import type { Micro } from '#kernel/money.ts';
import { type Problem, problems } from '#kernel/problem.ts';

export const problem = problems({
  'documents-not-offered': {
    status: 422,
    title: {
      zh: '您的服务条款没有约定这类凭证的申请',
      en: 'Your agreement doesn’t provide for this document',
    },
    remedy: {
      zh: '请先接受当前条款；条款没有约定发票或合同申请的，请联系客服。',
      en: 'Accept the current terms first; if they don’t offer tax invoices or contracts, ask support.',
    },
  },
  'tax-number-invalid': {
    status: 422,
    title: { zh: '税号不正确', en: 'This tax number is wrong' },
    remedy: {
      zh: '统一社会信用代码是 18 位，最后一位是校验码。请对照营业执照核对。',
      en: 'A unified social credit code has 18 characters, the last of which checks the others. Compare it with the business licence.',
    },
  },
  'title-incomplete': {
    status: 422,
    title: { zh: '抬头信息不完整', en: 'This title is incomplete' },
    remedy: {
      zh: '企业须填写税号，个人不填；专用发票还须填写地址、电话、开户行和账号。',
      en: 'A company has a tax number, a person has none; special invoices also need address, phone, bank and account.',
    },
  },
  'nothing-to-invoice': {
    status: 422,
    title: { zh: '没有可开票的金额', en: 'There is nothing to make out a tax invoice for' },
    remedy: {
      zh: '可开票金额是余额实付、未退回、未开过票的部分；赠金和代金券不能开票。当前最多 {available} 元。',
      en: 'Only what was paid in money, hasn’t gone back and has no tax invoice yet counts; gifts never do. At most CNY {available} now.',
    },
  },
  'tax-invoice-settled': {
    status: 409,
    title: { zh: '这张发票申请的状态已改变', en: 'This application has moved on' },
    remedy: { zh: '请刷新后再操作。', en: 'Reload and look again.' },
  },
  'tax-invoice-number-used': {
    status: 409,
    title: { zh: '这个发票号码已登记过', en: 'This invoice number is on record already' },
    remedy: { zh: '请核对号码。', en: 'Check the number.' },
  },
  'file-unreadable': {
    status: 422,
    title: { zh: '文件不是 PDF 或 OFD', en: 'This file is neither PDF nor OFD' },
    remedy: { zh: '请上传 PDF 或 OFD 文件，不超过 4 MB。', en: 'Upload a PDF or OFD file of at most 4 MB.' },
  },
});

/** Characters of a unified social credit code: no I, O, S, V, Z (GB 32100-2015). */
const CODE = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** 统一社会信用代码: 18 characters, the last one makes the weighted sum a multiple of 31 (GB 32100-2015, annex A). */
export function isCreditCode(text: string): boolean {
  if (!/^[0-9A-Y]{2}\d{6}[0-9A-Y]{10}$/.test(text)) return false;
  let sum = 0;
  let weight = 1;
  for (const letter of text.slice(0, 17)) {
    const value = CODE.indexOf(letter);
    if (value < 0) return false;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return CODE.indexOf(text[17]!) === (31 - (sum % 31)) % 31;
}

/** Minutes until an issuing service is asked again. */
const AGAIN = [1, 2, 5, 15, 30];
export function nextAsk(queries: number): number {
  return AGAIN[queries] ?? 60;
}

export interface Available {
  invoiceId: string;
  amount: Micro;
}

const FEN = 10_000n;

/** Shares an amount (or all there is, in whole fen) over invoices, in their order. Null if there isn't as much. */
export function shareOut(available: readonly Available[], wanted: Micro | null): Available[] | null {
  const total = available.reduce((sum, { amount }) => sum + amount, 0n);
  let left = wanted ?? total - (total % FEN);
  if (left <= 0n || left > total) return null;
  const parts: Available[] = [];
  for (const { invoiceId, amount } of available) {
    const part = amount < left ? amount : left;
    if (part > 0n) parts.push({ invoiceId, amount: part });
    left -= part;
  }
  return parts;
}

/** For rooms above, whose papers are offered, or read, as these are. */
export const notOffered = (): Problem => problem['documents-not-offered']();
export const unreadable = (): Problem => problem['file-unreadable']();
