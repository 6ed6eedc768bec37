import { createHash } from 'node:crypto';
import { Signer, SignPdf } from '@signpdf/signpdf';
import { ObjectIdentifier, OctetString, Sequence, UTCTime } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import type { DocumentSigner } from '#kernel/paper-signer.ts';
import type { Identity } from './certificate.ts';

/**
 * PAdES baseline B-B (ETSI EN 319 142-1 §6): a detached CMS signature with the certificate's hash among what is signed.
 * The key is read, or made, when it is needed first.
 */
export function documentSigner(open: () => Promise<Identity>): DocumentSigner {
  let opened: Promise<Identity> | null = null;
  const identity = () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    identity,
    sign: async (pdf, at) => new SignPdf().sign(pdf, new CadesSigner(await identity()), at),
  };
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
};

class CadesSigner extends Signer {
  readonly #identity: Identity;

  constructor(identity: Identity) {
    super();
    this.#identity = identity;
  }

  /** The CMS SignedData (RFC 5652) over everything but the signature itself, as DER. */
  override async sign(content: Buffer, at?: Date): Promise<Buffer> {
    if (!at) throw new Error('a signature says when it was made');
    const { certificate, key } = this.#identity;
    const attributes = attributesOf(content, at, Buffer.from(certificate.toSchema().toBER(false)));
    const info = new SignerInfo({
      version: 1,
      sid: new IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
      signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
    });
    const signed = new SignedData({
      version: 1,
      encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.data }),
      signerInfos: [info],
      certificates: [certificate],
    });
    await signed.sign(key, 0, 'SHA-256', new Uint8Array(content));
    signed.digestAlgorithms = [new AlgorithmIdentifier({ algorithmId: '2.16.840.1.101.3.4.2.1' })];
    const wrapped = new ContentInfo({ contentType: OID.signedData, content: signed.toSchema(true) });
    return Buffer.from(wrapped.toSchema().toBER(false));
  }
}

function attributesOf(content: Buffer, at: Date, certificate: Buffer): Attribute[] {
  const digest = (bytes: Buffer) =>
    new OctetString({ valueHex: new Uint8Array(createHash('sha256').update(bytes).digest()) });
  // ESSCertIDv2 with its default hash, SHA-256 (RFC 5035 §3).
  const certificateIds = new Sequence({ value: [new Sequence({ value: [digest(certificate)] })] });
  return [
    new Attribute({ type: OID.contentType, values: [new ObjectIdentifier({ value: OID.data })] }),
    new Attribute({ type: OID.signingTime, values: [new UTCTime({ valueDate: at })] }),
    new Attribute({ type: OID.messageDigest, values: [digest(content)] }),
    new Attribute({ type: OID.signingCertificateV2, values: [new Sequence({ value: [certificateIds] })] }),
  ];
}
