import { generateKeyPair, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { Integer, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, Certificate, Extension, GeneralName, GeneralNames } from 'pkijs';

/** A certificate for `localhost` that signs itself, with its key, both in PEM. */
export async function certificateOf(from: Date, until: Date): Promise<{ key: string; cert: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  const made = new Certificate();
  made.version = 2;
  made.serialNumber = new Integer({ value: 7 });
  for (const name of [made.subject, made.issuer])
    name.typesAndValues.push(
      new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: 'localhost' }) }),
    );
  made.notBefore.value = from;
  made.notAfter.value = until;
  const names = new GeneralNames({ names: [new GeneralName({ type: 2, value: 'localhost' })] });
  made.extensions = [new Extension({ extnID: '2.5.29.17', extnValue: names.toSchema().toBER(false) })];
  const { subtle } = webcrypto;
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const imported = await subtle.importKey(
    'spki',
    publicKey.export({ type: 'spki', format: 'der' }),
    algorithm,
    true,
    ['verify'],
  );
  await made.subjectPublicKeyInfo.importKey(imported);
  const signing = await subtle.importKey(
    'pkcs8',
    privateKey.export({ type: 'pkcs8', format: 'der' }),
    algorithm,
    false,
    ['sign'],
  );
  await made.sign(signing, 'SHA-256');
  const body = Buffer.from(made.toSchema().toBER()).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}
