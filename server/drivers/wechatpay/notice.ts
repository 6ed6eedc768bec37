import type { IncomingHttpHeaders } from 'node:http';
import type { Notice } from '#modules/payments/driver.ts';
import type { DriverLog } from '../channel-wire.ts';
import type { WechatPayClient } from './client.ts';
import { refundFacts, tradeFacts } from './facts.ts';
import { answerText, holds, opened, readObject, readSignature, type Sealed, textOf } from './wire.ts';

/**
 * Notifications (通知): the signature over the bytes as they came, by the key that they name, within five minutes;
 * then the resource, sealed under the APIv3 key. A signature probe (WECHATPAY/SIGNTEST/…) fails as it should.
 */
export async function readNotice(
  { keys, config }: WechatPayClient,
  headers: IncomingHttpHeaders,
  rawBody: Buffer,
  log?: DriverLog,
): Promise<Notice | null> {
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const signature = readSignature(header, config.now());
  if (!signature) return null;
  const text = rawBody.toString('utf8');
  // Bytes that aren't UTF-8 would be verified as something else than what is read.
  if (Buffer.byteLength(text) !== rawBody.length) return null;
  const key = await keys.byId(signature.serial);
  if (!key || !holds(answerText(signature.timestamp, signature.nonce, text), signature.signature, key))
    return null;
  const notice = readObject(text);
  const resource = notice?.resource;
  if (typeof resource !== 'object' || resource === null) return null;
  let content: Record<string, unknown> | null;
  try {
    content = readObject(opened(resource as Sealed, config.apiV3Key));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    log?.warn({ reason }, 'a notification that WeChat Pay signed can’t be opened: is the APIv3 key right?');
    return null;
  }
  return content && noticeOf(textOf(notice?.event_type) ?? '', content);
}

function noticeOf(event: string, content: Record<string, unknown>): Notice | null {
  const outTradeNo = textOf(content.out_trade_no);
  if (!outTradeNo) return null;
  if (event === 'TRANSACTION.SUCCESS') return { kind: 'payment', trade: tradeFacts(outTradeNo, content) };
  if (!event.startsWith('REFUND.')) return null;
  // One that names no merchant must not pass for "nothing to compare".
  const refund = refundFacts(content);
  return { kind: 'refund', refund: { ...refund, sellerId: refund.sellerId ?? '' } };
}
