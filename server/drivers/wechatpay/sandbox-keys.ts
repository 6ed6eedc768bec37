import { createPrivateKey, createPublicKey, randomBytes, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { Integer, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, Certificate } from 'pkijs';
import { type KeyPair, keptKeys, newKeyPair } from '../stand-in/key-file.ts';

/** The merchant's pair is ours; the others play WeChat Pay's, under both ways in which it lets itself be verified. */
export interface WechatPayKeys {
  merchant: KeyPair & { serial: string };
  /** The platform certificate: PEM, with the serial number as WeChat Pay writes it. */
  platform: KeyPair & { serial: string; certificate: string };
  /** 微信支付公钥. */
  wechatPay: KeyPair & { id: string };
  /** 32 characters, known to both. */
  apiV3Key: string;
}

/** Kept in `dir` from first use on. Throws Error when the file is damaged. */
export function wechatPayKeys(dir: string): Promise<WechatPayKeys> {
  return keptKeys<WechatPayKeys>(
    join(dir, 'wechatpay-sandbox-keys.json'),
    ({ merchant, platform, wechatPay, apiV3Key }) =>
      Boolean(merchant?.privateKey && platform?.certificate && wechatPay?.id && apiV3Key?.length === 32),
    makeKeys,
  );
}

async function makeKeys(): Promise<WechatPayKeys> {
  const [merchant, platform, wechatPay] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair()]);
  const serial = newSerial();
  return {
    merchant: { ...merchant, serial: newSerial() },
    platform: { ...platform, serial, certificate: await certificateOf(platform, serial) },
    wechatPay: { ...wechatPay, id: `PUB_KEY_ID_01${Date.UTC(2026, 0)}${randomBytes(4).readUInt32BE()}` },
    apiV3Key: randomBytes(16).toString('hex'),
  };
}

/** Forty hexadecimal digits, the first of which keeps the number positive. */
function newSerial(): string {
  return `5${randomBytes(20).toString('hex').slice(1)}`.toUpperCase();
}

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Valid whatever a world's clock says. */
async function certificateOf(pair: KeyPair, serial: string): Promise<string> {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: new Uint8Array(Buffer.from(serial, 'hex')).buffer });
  for (const name of [certificate.subject, certificate.issuer]) {
    const value = new Utf8String({ value: 'Local stand-in, not WeChat Pay' });
    name.typesAndValues.push(new AttributeTypeAndValue({ type: '2.5.4.3', value }));
  }
  certificate.notBefore.value = new Date('2020-01-01T00:00:00Z');
  certificate.notAfter.value = new Date('2049-12-31T00:00:00Z');
  const { subtle } = webcrypto;
  const spki = createPublicKey(pair.publicKey).export({ type: 'spki', format: 'der' });
  const pkcs8 = createPrivateKey(pair.privateKey).export({ type: 'pkcs8', format: 'der' });
  const key = await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']);
  await certificate.subjectPublicKeyInfo.importKey(key);
  await certificate.sign(await subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']), 'SHA-256');
  const base64 = Buffer.from(certificate.toSchema(true).toBER(false)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
