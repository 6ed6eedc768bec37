import { createHash } from 'node:crypto';
import type { OctetString, Sequence, UTCTime } from 'asn1js';
import { type Certificate, ContentInfo, SignedData } from 'pkijs';

/** What is found in a signed PDF. Anything but a whole file under one good signature is refused, with the reason. */
export type Verified =
  | { good: true; fingerprint: string; subject: string; signedAt: Date | null }
  | { good: false; why: 'unsigned' | 'altered' | 'added-to' | 'unreadable' };

const RANGE = /\/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/g;

/**
 * Checks the signature of a PDF (ISO 32000-1 §12.8.3.3): it covers every byte but itself, its digest is that of
 * these bytes, and the key of the certificate inside made it. Whose certificate that is, is the caller's to judge.
 */
export async function signatureVerify(pdf: Buffer): Promise<Verified> {
  const ranges = [...pdf.toString('latin1').matchAll(RANGE)];
  if (ranges.length === 0) return { good: false, why: 'unsigned' };
  if (ranges.length > 1) return { good: false, why: 'added-to' };
  const [from, length, next, rest] = ranges[0]!.slice(1).map(Number) as [number, number, number, number];
  if (from !== 0 || next <= length) return { good: false, why: 'altered' };
  if (next + rest !== pdf.length)
    return { good: false, why: next + rest < pdf.length ? 'added-to' : 'altered' };
  // Between the two ranges stands the signature in hex, and nothing else.
  const gap = pdf.subarray(length, next).toString('latin1');
  if (!/^<[0-9a-fA-F]*>$/.test(gap)) return { good: false, why: 'altered' };
  const covered = Buffer.concat([pdf.subarray(0, length), pdf.subarray(next)]);
  try {
    return await verifyCms(Buffer.from(gap.slice(1, -1), 'hex'), covered);
  } catch {
    return { good: false, why: 'unreadable' };
  }
}

async function verifyCms(der: Buffer, covered: Buffer): Promise<Verified> {
  const info = ContentInfo.fromBER(trimmed(der));
  const signed = new SignedData({ schema: info.content });
  const [signer, second] = signed.signerInfos;
  const [certificate] = (signed.certificates ?? []) as Certificate[];
  if (!signer?.signedAttrs || second || !certificate) return { good: false, why: 'unreadable' };
  const attribute = (type: string) =>
    signer.signedAttrs!.attributes.find((candidate) => candidate.type === type)?.values[0];
  const raw = Buffer.from(certificate.toSchema().toBER(false));
  const named = (
    ((attribute('1.2.840.113549.1.9.16.2.47') as Sequence | undefined)?.valueBlock.value[0] as Sequence)
      ?.valueBlock.value[0] as Sequence
  )?.valueBlock.value[0] as OctetString | undefined;
  if (!named || !Buffer.from(named.valueBlock.valueHexView).equals(sha256(raw)))
    return { good: false, why: 'altered' };
  const digest = attribute('1.2.840.113549.1.9.4') as OctetString | undefined;
  if (!digest || !Buffer.from(digest.valueBlock.valueHexView).equals(sha256(covered)))
    return { good: false, why: 'altered' };
  const result = await signed
    .verify({ signer: 0, data: new Uint8Array(covered).buffer, extendedMode: true })
    .catch(() => null);
  if (result?.signatureVerified !== true) return { good: false, why: 'altered' };
  const at = attribute('1.2.840.113549.1.9.5') as UTCTime | undefined;
  return {
    good: true,
    fingerprint: sha256(raw).toString('hex'),
    subject: certificate.subject.typesAndValues.map(({ value }) => String(value.valueBlock.value)).join(', '),
    signedAt: at?.toDate() ?? null,
  };
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Without the zeros that fill its place: DER says itself how long it is. */
function trimmed(der: Buffer): Uint8Array {
  const lengthBytes = der[1]! & 0x80 ? der[1]! & 0x7f : 0;
  const length = lengthBytes === 0 ? der[1]! : der.readUIntBE(2, lengthBytes);
  return new Uint8Array(der.subarray(0, 2 + lengthBytes + length));
}
