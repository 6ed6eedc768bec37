/** RealNameCheck: the port to an authority that says whether a name and a number belong together. */

export interface PersonRequest {
  name: string;
  /** 18-character resident identity number, checked for form before it is sent. Never stored, never logged. */
  idNumber: string;
}

export interface CompanyRequest {
  name: string;
  /** Unified social credit code, checked for form before it is sent. */
  creditCode: string;
  /** Its legal person, or whoever else stands for it by the register. */
  legalPerson: string;
}

/** `unavailable`: the authority could not be asked; the attempt doesn't count. */
export type Verdict = 'pass' | 'fail' | 'unavailable';

export interface RealNameCheck {
  /** e.g. "aliyun-id2meta"; recorded with the result as the method. */
  readonly method: string;
  /** The same of `checkCompany`: "aliyun-ent3meta". */
  readonly companyMethod: string;
  /** True when a local stand-in answers; shown to the customer. */
  readonly sandbox: boolean;
  check(request: PersonRequest): Promise<Verdict>;
  checkCompany(request: CompanyRequest): Promise<Verdict>;
}

declare module '#kernel/house.ts' {
  interface Ports {
    realName: RealNameCheck;
  }
}
