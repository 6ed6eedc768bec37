import { type GatewayFaults, noFaults } from '../stand-in/faults.ts';

export interface AlipayFaults extends GatewayFaults {
  /** API answers followed by an unsigned second member of the same name that says paid. */
  doubledAnswer: boolean;
  /** A bill's address answers with these bytes. */
  billFile: Uint8Array | null;
}

export function noAlipayFaults(): AlipayFaults {
  return { ...noFaults(), doubledAnswer: false, billFile: null };
}
