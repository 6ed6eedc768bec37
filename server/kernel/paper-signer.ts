/** The port to who signs papers for the operator. */

declare module './house.ts' {
  interface Ports {
    signer: DocumentSigner;
  }
}

/** Signs PDFs for the operator (PAdES, ETSI EN 319 142-1). */
export interface DocumentSigner {
  /** SHA-256 of the certificate (DER), in hex; and whom it names. */
  identity(): Promise<{ fingerprint: string; subject: string }>;
  /** `pdf` has a place for the signature (see kernel/paper.ts). */
  sign(pdf: Buffer, at: Date): Promise<Buffer>;
}
