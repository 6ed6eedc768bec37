import { endedText, payForm, refusedText, standInPage } from '../stand-in/page.ts';
import type { Trade } from './sandbox-book.ts';
import type { Fields } from './sandbox-wire.ts';

const ALIPAY = { zh: '支付宝', en: 'Alipay' };

export function payPage(trade: Trade): string {
  const { totalAmount: amount, subject, outTradeNo, tradeNo, ticket } = trade;
  return standInPage(ALIPAY, '收银台 · 本地沙箱', payForm({ amount, subject, outTradeNo, tradeNo, ticket }));
}

export function endedPage(trade: Trade, returnUrl: string | null): string {
  const paid = trade.gmtPayment !== null;
  return standInPage(ALIPAY, '交易 · 本地沙箱', endedText(paid, trade.totalAmount, returnUrl));
}

export function refusedPage(fault: Fields): string {
  return standInPage(ALIPAY, '请求被拒绝 · 本地沙箱', refusedText(fault.sub_code ?? '', fault.sub_msg ?? ''));
}
