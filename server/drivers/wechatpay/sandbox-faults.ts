import { type GatewayFaults, noFaults } from '../stand-in/faults.ts';

export interface WechatPayFaults extends GatewayFaults {
  wrongCurrency: string | null;
  /** Notifications and answers name a key that WeChat Pay doesn't have. */
  unknownSerial: boolean;
  /** Notifications and answers are signed for a time so many seconds ago. */
  staleSeconds: number;
  /** Refunds end like this instead of succeeding. */
  refundEnds: 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
  /** The digest that goes with a bill is another one's. */
  billHash: boolean;
}

export function noWechatPayFaults(): WechatPayFaults {
  return {
    ...noFaults(),
    wrongCurrency: null,
    unknownSerial: false,
    staleSeconds: 0,
    refundEnds: 'SUCCESS',
    billHash: false,
  };
}
