import type { Micro } from '#kernel/money.ts';

/** The port of this room: who issues tax invoices. */

declare module '#kernel/house.ts' {
  interface Ports {
    /** Null: staff issue by hand, and enter number and file. */
    taxInvoices: TaxInvoiceIssuer | null;
  }
}

export interface TaxInvoiceRequest {
  /** Ours; the same one again is the same request. */
  id: string;
  type: 'ordinary' | 'special';
  /** Whole fen, tax included. */
  amount: Micro;
  title: {
    kind: 'person' | 'company';
    name: string;
    taxNumber: string | null;
    address: string | null;
    phone: string | null;
    bank: string | null;
    bankAccount: string | null;
  };
  seller: { name: string; taxNumber: string | null };
}

export type TaxInvoiceState =
  /** The service knows no such request: it may be sent again. */
  | { state: 'unknown' }
  | { state: 'working' }
  | { state: 'done'; number: string; at: Date }
  | { state: 'refused'; reason: string };

/** An issuing service (开票服务). All may throw: then nothing is known, and it is asked again. */
export interface TaxInvoiceIssuer {
  readonly name: string;
  /** Its papers are worth nothing: a stand-in. */
  readonly sandbox: boolean;
  submit(request: TaxInvoiceRequest): Promise<void>;
  query(id: string): Promise<TaxInvoiceState>;
  /** PDF of an invoice that is done, or of the red-letter one that reversed it. */
  file(number: string): Promise<Buffer>;
  /** Asks for the red-letter invoice (红字发票) that reverses the whole of it. */
  reverse(request: { id: string; number: string; reason: string }): Promise<void>;
  queryReversal(id: string): Promise<TaxInvoiceState>;
}
