import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BitString, Integer, PrintableString, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, BasicConstraints, Certificate, Extension } from 'pkijs';

/** The operator's key and certificate for contracts: given as files, or made once and kept in the data directory. */

export interface Identity {
  key: webcrypto.CryptoKey;
  certificate: Certificate;
  /** SHA-256 of the certificate's DER, in hex. */
  fingerprint: string;
  subject: string;
}

export class SignerError extends Error {}

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const YEARS = 20;

/** Reads key.pem and certificate.pem of a folder; makes them for `organisation` if there are none. */
export async function ownIdentity(dir: string, organisation: string, now: Date): Promise<Identity> {
  const [keyFile, certificateFile] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  if (!existsSync(certificateFile)) await makeIdentity(dir, organisation, now);
  return readIdentity(keyFile, certificateFile);
}

/** Throws SignerError when the two don't belong together, or the key is none for RSA with SHA-256. */
export async function readIdentity(keyFile: string, certificateFile: string): Promise<Identity> {
  const pem = readFileSync(certificateFile, 'utf8');
  const x509 = new X509Certificate(pem);
  const key = createPrivateKey(readFileSync(keyFile, 'utf8'));
  if (key.asymmetricKeyType !== 'rsa') throw new SignerError(`${keyFile}: an RSA key is needed`);
  if (!x509.checkPrivateKey(key)) throw new SignerError(`${keyFile} is not the key of ${certificateFile}`);
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return {
    key: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']),
    certificate: Certificate.fromBER(new Uint8Array(x509.raw)),
    fingerprint: createHash('sha256').update(x509.raw).digest('hex'),
    subject: x509.subject.split('\n').join(', '),
  };
}

/** A certificate that the operator signs for itself. The folder appears whole; who comes second uses the first one's. */
async function makeIdentity(dir: string, organisation: string, now: Date): Promise<void> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3_072 });
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: new Uint8Array([1, ...randomBytes(15)]).buffer });
  for (const name of [certificate.subject, certificate.issuer]) {
    name.typesAndValues.push(
      new AttributeTypeAndValue({ type: '2.5.4.6', value: new PrintableString({ value: 'CN' }) }),
      new AttributeTypeAndValue({ type: '2.5.4.10', value: new Utf8String({ value: organisation }) }),
      new AttributeTypeAndValue({
        type: '2.5.4.3',
        value: new Utf8String({ value: `${organisation} contracts` }),
      }),
    );
  }
  certificate.notBefore.value = new Date(now.getTime() - 86_400_000);
  certificate.notAfter.value = new Date(now.getTime() + YEARS * 365 * 86_400_000);
  const constraints = new BasicConstraints({ cA: false });
  // digitalSignature and nonRepudiation (RFC 5280 §4.2.1.3).
  const usage = new BitString({ valueHex: new Uint8Array([0xc0]).buffer, unusedBits: 6 });
  certificate.extensions = [
    new Extension({ extnID: '2.5.29.19', critical: true, extnValue: constraints.toSchema().toBER(false) }),
    new Extension({ extnID: '2.5.29.15', critical: true, extnValue: usage.toBER(false) }),
  ];
  const { subtle } = webcrypto;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  await certificate.subjectPublicKeyInfo.importKey(
    await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  );
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  await certificate.sign(await subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']), 'SHA-256');
  const der = Buffer.from(certificate.toSchema(true).toBER(false));
  const pem = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  mkdirSync(dirname(dir), { recursive: true });
  const fresh = mkdtempSync(`${dir}-`);
  writeFileSync(join(fresh, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(
    join(fresh, 'certificate.pem'),
    `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
  );
  try {
    renameSync(fresh, dir);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    if (!existsSync(join(dir, 'certificate.pem'))) throw error;
  }
}
