import { type GatewayFaults, noFaults } from '../stand-in/faults.ts';

export interface AlipayFaults extends GatewayFaults {
  /** API answers followed by an unsigned second member of the same name that says paid. */
  doubledAnswer: boolean;
}

export function noAlipayFaults(): AlipayFaults {
  return { ...noFaults(), doubledAnswer: false };
}
