import { createHash } from 'node:crypto';
import type { Db } from '#kernel/db.ts';
import type { DocumentSigner } from '#kernel/paper-signer.ts';
import { signatureVerify } from '#kernel/paper-verify.ts';
import { isPdf, unreadable } from '#modules/documents/index.ts';
import { consentByFile } from '#modules/verification/index.ts';
import './tables.ts';

export interface ContractVerdict {
  /** Signed, by us, and not a byte was changed since. */
  genuine: boolean;
  /** What is wrong with it. */
  why: 'unsigned' | 'altered' | 'added-to' | 'unreadable' | 'foreign-certificate' | null;
  signer: string | null;
  certificate: string | null;
  signedAt: Date | null;
  /** Of our records, if this very file is there. */
  number: string | null;
}

/** Judges a file that somebody shows: its own signature first, then whose certificate that is. Throws `file-unreadable`. */
export async function contractVerify(db: Db, signer: DocumentSigner, pdf: Buffer): Promise<ContractVerdict> {
  if (!isPdf(pdf)) throw unreadable();
  const found = await signatureVerify(pdf);
  if (!found.good)
    return { genuine: false, why: found.why, signer: null, certificate: null, signedAt: null, number: null };
  const ours = await db
    .selectFrom('documents_contract')
    .select(['number', 'sha256'])
    .where('certificate', '=', found.fingerprint)
    .where('sha256', '=', createHash('sha256').update(pdf).digest('hex'))
    .executeTakeFirst();
  const { fingerprint } = await signer.identity();
  const consent = await consentByFile(db, { pdf, certificate: found.fingerprint });
  const genuine = found.fingerprint === fingerprint || ours !== undefined || consent !== null;
  return {
    genuine,
    why: genuine ? null : 'foreign-certificate',
    signer: found.subject,
    certificate: found.fingerprint,
    signedAt: found.signedAt,
    number: ours?.number ?? consent?.number ?? null,
  };
}
