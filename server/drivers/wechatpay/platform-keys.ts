import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { GatewayUnknown } from '#modules/payments/driver.ts';
import type { Received } from './client.ts';
import { answerText, holds, opened, readObject, type Sealed } from './wire.ts';

/** WeChat Pay's own keys, by which its answers and notifications are verified. */

export interface PlatformKeysOptions {
  apiV3Key: string;
  /** The WeChat Pay public key (微信支付公钥), where the merchant has one; else certificates are downloaded. */
  publicKey: { id: string; pem: string } | null;
  now: () => Date;
  /** GET /v3/certificates, not yet verified. */
  download: () => Promise<Received>;
}

/** A forged serial number must not make us ask again and again; while nothing could be had, one asks at a time. */
const ASK_AGAIN_MS = 60_000;
/** Certificates are exchanged with a day's notice (平台证书更换). */
const RENEW_MS = 12 * 3_600_000;

interface CertificateItem {
  serial_no: string;
  encrypt_certificate: Sealed;
}

interface Certificate {
  key: KeyObject;
  from: number;
  to: number;
}

export class PlatformKeys {
  readonly #options: PlatformKeysOptions;
  readonly #publicKey: KeyObject | null;
  #certificates = new Map<string, Certificate>();
  /** By the real world's clock, whatever clock the deployment has. */
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(options: PlatformKeysOptions) {
    this.#options = options;
    this.#publicKey = options.publicKey && createPublicKey(options.publicKey.pem);
  }

  /** The id that a request names to be answered under it. */
  get publicKeyId(): string | null {
    return this.#options.publicKey?.id ?? null;
  }

  /** Null: WeChat Pay has no such key. Throws GatewayUnknown when that can't be learnt now. */
  async byId(serial: string): Promise<KeyObject | null> {
    if (serial === this.publicKeyId) return this.#publicKey;
    if (serial.startsWith('PUB_KEY_ID_') || !/^[0-9A-Fa-f]{8,64}$/.test(serial)) return null;
    const due = performance.now() - this.#renewedAtMs > RENEW_MS;
    if (due || !this.#certificates.has(serial)) await this.#renew();
    const found = this.#certificates.get(serial);
    const now = this.#options.now().getTime();
    return found && found.from <= now && now <= found.to ? found.key : null;
  }

  async #renew(): Promise<void> {
    if (this.#asking) return this.#asking;
    if (performance.now() - this.#renewedAtMs < ASK_AGAIN_MS) return;
    this.#asking = this.#options
      .download()
      .then((received) => {
        this.#certificates = this.#read(received);
        this.#renewedAtMs = performance.now();
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  /**
   * Sealed under the APIv3 key, which only we and WeChat Pay have: what opens is genuine. The answer is signed by
   * one of the very certificates in it, so that an old answer can't be given again.
   */
  #read({ status, text, signature }: Received): Map<string, Certificate> {
    const list = status === 200 ? readObject(text)?.data : null;
    if (!Array.isArray(list)) throw new GatewayUnknown(`/v3/certificates: HTTP ${status}, no list`);
    const found = new Map(list.map((item: CertificateItem) => [item.serial_no, this.#certificate(item)]));
    const key = signature && found.get(signature.serial)?.key;
    if (!key || !holds(answerText(signature.timestamp, signature.nonce, text), signature.signature, key))
      throw new GatewayUnknown('/v3/certificates: the answer is not signed by a certificate in it');
    return found;
  }

  #certificate({ serial_no: serial, encrypt_certificate: sealed }: CertificateItem): Certificate {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(opened(sealed, this.#options.apiV3Key));
    } catch (error) {
      const message = '/v3/certificates: a certificate can’t be opened with the APIv3 key';
      throw new GatewayUnknown(message, { cause: error });
    }
    if (certificate.serialNumber.toUpperCase() !== String(serial).toUpperCase())
      throw new GatewayUnknown('/v3/certificates: a certificate has another serial number');
    const { publicKey: key, validFromDate, validToDate } = certificate;
    return { key, from: validFromDate.getTime(), to: validToDate.getTime() };
  }
}
