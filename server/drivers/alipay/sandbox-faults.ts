/**
 * What the local gateway does wrong when a test asks for it. Only code in the same process can set these;
 * no route does.
 */
export interface AlipayFaults {
  /** Notifications are lost and never tried again. */
  drop: boolean;
  /** Each notification is sent so many times at once. */
  duplicate: number;
  /** Each notification waits so long before it is sent. */
  delayMs: number;
  /** Notifications and answers are changed after signing. */
  tamper: boolean;
  /** Notifications and answers are signed by a key that isn't Alipay's. */
  foreignKey: boolean;
  /** Truly signed notifications that differ from the trade. */
  wrongAmount: string | null;
  wrongSeller: string | null;
  wrongApp: string | null;
  /** API calls: answered with HTTP 500, not answered at all, cut off. */
  status500: boolean;
  timeout: boolean;
  hangUp: boolean;
  /** API answers truly signed, but about another trade. */
  otherTrade: boolean;
  /** API answers followed by an unsigned second member of the same name that says paid. */
  doubledAnswer: boolean;
}

export function noFaults(): AlipayFaults {
  return {
    drop: false,
    duplicate: 1,
    delayMs: 0,
    tamper: false,
    foreignKey: false,
    wrongAmount: null,
    wrongSeller: null,
    wrongApp: null,
    status500: false,
    timeout: false,
    hangUp: false,
    otherTrade: false,
    doubledAnswer: false,
  };
}
