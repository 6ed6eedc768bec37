import { randomUUID } from 'node:crypto';
import { Deliveries, type Post } from '../stand-in/deliveries.ts';
import { fenOf } from '../stand-in/faults.ts';
import type { Desk } from './sandbox.ts';
import { tradeContent } from './sandbox-api.ts';
import type { Notice, Refund, Trade } from './sandbox-book.ts';
import { refundNoticeContent } from './sandbox-refunds.ts';
import { signatureHeaders } from './sandbox-wire.ts';
import { rfc3339 } from './wire.ts';

/** Waits after each refused attempt: 15s 15s 30s 3m 10m 20m 30m 30m 30m 60m 3h 3h 3h 6h 6h, 24 h 4 min in all. */
export const RETRY_SECONDS = [
  ...[15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600],
  ...[10_800, 10_800, 10_800, 21_600, 21_600],
];

export function noticeSender(desk: Desk, failed: (error: unknown) => void): Deliveries<Notice> {
  const { book, faults, now } = desk;
  return new Deliveries<Notice>({
    pending: book.notices,
    retrySeconds: RETRY_SECONDS,
    faults,
    now,
    failed,
    save: () => book.save(),
    attempt: async (notice, post) => {
      const trade = book.trades.get(notice.outTradeNo);
      const refund = trade?.refunds.find(({ outRefundNo }) => outRefundNo === notice.outRefundNo);
      const url = notice.outRefundNo === null ? trade?.notifyUrl : refund?.notifyUrl;
      return !trade || !url || send(desk, url, noticeBody(desk, notice, trade, refund), post);
    },
  });
}

async function send(desk: Desk, url: string, body: string, post: Post): Promise<boolean> {
  const { options, faults, now, signer } = desk;
  const headers = {
    'content-type': 'application/json',
    ...signatureHeaders(body, options.keys, signer(), faults, now()),
  };
  const sent = faults.tamper ? body.replace('"resource":', '"resource" :') : body;
  const once = async () => {
    const response = await post(url, headers, sent);
    await response.body?.cancel();
    return response.status === 200 || response.status === 204;
  };
  return (await Promise.all(Array.from({ length: faults.duplicate }, once))).includes(true);
}

/** A payment's notification tells of the payment, also when some of it has gone back since. */
export function noticeBody(desk: Desk, notice: Notice, trade: Trade, refund: Refund | undefined): string {
  const { options, sealedFor, now } = desk;
  const content = refund
    ? refundNoticeContent(options.mchId, trade, refund)
    : { ...tradeContent(desk, trade), trade_state: 'SUCCESS', trade_state_desc: '支付成功' };
  const original = refund ? 'refund' : 'transaction';
  return JSON.stringify({
    id: notice.id || randomUUID(),
    create_time: rfc3339(now()),
    resource_type: 'encrypt-resource',
    event_type: refund ? `REFUND.${refund.status}` : 'TRANSACTION.SUCCESS',
    summary: refund ? '退款结果' : '支付成功',
    resource: {
      original_type: original,
      ...sealedFor(JSON.stringify(disturbed(desk, content)), original),
    },
  });
}

function disturbed({ faults }: Desk, content: Record<string, unknown>): Record<string, unknown> {
  const amount = content.amount as Record<string, unknown>;
  const total = faults.wrongAmount === null ? amount.total : Number(fenOf(faults.wrongAmount));
  return {
    ...content,
    ...(faults.wrongApp === null ? {} : { appid: faults.wrongApp }),
    ...(faults.wrongSeller === null ? {} : { mchid: faults.wrongSeller }),
    amount: {
      ...amount,
      total,
      ...(faults.wrongCurrency === null ? {} : { currency: faults.wrongCurrency }),
    },
  };
}
