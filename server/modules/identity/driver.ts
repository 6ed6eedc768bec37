/** RealNameCheck: the port to an authoritative two-element check (name and ID number). */

export interface RealNameRequest {
  name: string;
  /** 18-digit resident identity number, checked for form before it is sent. Never stored, never logged. */
  idNumber: string;
}

export interface RealNameCheck {
  /** e.g. "aliyun-id2meta"; recorded with the result as the method. */
  readonly method: string;
  /** True when a local stand-in answers; shown to the customer. */
  readonly sandbox: boolean;
  /** `unavailable`: the authority could not be asked; the attempt doesn't count. */
  check(request: RealNameRequest): Promise<'pass' | 'fail' | 'unavailable'>;
}

declare module '#kernel/house.ts' {
  interface Ports {
    realName: RealNameCheck;
  }
}
