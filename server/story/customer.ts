import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, apiClient, type components, ok, type paths } from '#server/client.ts';
import type { NameServer } from '#server/world-names.ts';
import { payAtSandbox } from './alipay-payer.ts';
import { someIdNumber } from './identity.ts';

export type OrderBody = paths['/api/v1/orders']['post']['requestBody']['content']['application/json'];
export type Service = paths['/api/v1/services/{id}']['get']['responses'][200]['content']['application/json'];
export type { components };

/** What a customer does, by the public API alone; for stories, scenarios and benches. */
export class StoryCustomer {
  readonly api: ReturnType<typeof apiClient>;
  readonly email: string;
  readonly password: string;
  #signedInAt: Date | null = null;

  constructor(url: string, options: { email?: string; locale?: 'zh-CN' | 'en' } = {}) {
    this.api = apiClient(url, options.locale ? { locale: options.locale } : {});
    this.email = options.email ?? `c${randomUUID().slice(0, 8)}@example.com`;
    this.password = `pw-${randomUUID()}`;
  }

  /** Everything before the first order: may buy anywhere, with this much in the balance. */
  async getReady(balance: string | null): Promise<void> {
    await this.signUp();
    await this.acceptTerms();
    await this.verifyRealName();
    if (balance) await this.topUp(balance);
  }

  async signUp(options: { minor?: boolean } = {}): Promise<void> {
    const { email, password } = this;
    await ok(
      this.api.POST('/api/v1/auth/sign-up', {
        body: { email, password, locale: 'zh', minor: options.minor ?? false },
      }),
    );
    const code = await this.code();
    await ok(this.api.POST('/api/v1/auth/verify-email', { body: { email, code, password } }));
  }

  /** A session lasts thirty days: signs in again well before that. */
  async stayIn(now: Date): Promise<void> {
    if (this.#signedInAt && now.getTime() - this.#signedInAt.getTime() < 20 * 86_400_000) return;
    await this.signIn();
    this.#signedInAt = now;
  }

  /** Anew: what asks for a fresh proof takes one of a quarter of an hour. */
  async signIn(): Promise<void> {
    const { email, password } = this;
    await ok(this.api.POST('/api/v1/auth/sign-in', { body: { email, password } }));
  }

  /** The newest code in the development mailbox. */
  async code(): Promise<string> {
    for (let attempt = 0; attempt < 1_500; attempt++) {
      const { items } = await ok(this.api.GET('/api/v1/dev/mailbox'));
      const code = items.find((mail) => mail.to === this.email)?.subject.match(/\d{6}/)?.[0];
      if (code) return code;
      await sleep(20);
    }
    throw new Error(`no code came for ${this.email}`);
  }

  async acceptTerms(): Promise<{ version: string }> {
    const terms = await ok(this.api.GET('/api/v1/terms'));
    const highlights = terms.highlights.map((highlight) => highlight.id);
    await ok(
      this.api.POST('/api/v1/terms/acceptances', {
        body: { version_id: terms.id, sha256: terms.sha256, highlights },
      }),
    );
    return { version: terms.version };
  }

  async verifyRealName(name = '张三', idNumber = someIdNumber()) {
    return ok(this.api.POST('/api/v1/account/real-name', { body: { name, id_number: idNumber } }));
  }

  /** Names a domain and shows, by the DNS of the world, that it is theirs. */
  async ownDomain(names: NameServer, domain: string): Promise<void> {
    const { id } = await ok(this.api.POST('/api/v1/domains', { body: { domain } }));
    const { items } = await ok(this.api.GET('/api/v1/domains'));
    const { name, text } = items.find((one) => one.id === id)!.proof!.dns;
    names.txt.set(name, [text]);
    const params = { path: { id } };
    await ok(this.api.POST('/api/v1/domains/{id}/proof', { params, body: { method: 'dns' } }));
  }

  /** Pays at the sandbox gateway and waits until the balance has it. */
  async topUp(amount: string): Promise<string> {
    const payment = await ok(this.api.POST('/api/v1/payments', { body: { amount, channel: 'alipay' } }));
    await payAtSandbox(payment.pay_url ?? '');
    for (let attempt = 0; attempt < 250; attempt++) {
      const { state } = await ok(
        this.api.GET('/api/v1/payments/{id}', { params: { path: { id: payment.id } } }),
      );
      if (state === 'paid') return payment.id;
      await sleep(20);
    }
    throw new Error('the payment was not credited');
  }

  async balance(): Promise<string> {
    return (await ok(this.api.GET('/api/v1/balance'))).balance;
  }

  async order(body: Partial<OrderBody> & Pick<OrderBody, 'access'>): Promise<string> {
    const order = { plan: 'nat-s', region: 'hk', image: 'debian-12', hostname: 'web1', months: 1, ...body };
    return (await ok(this.api.POST('/api/v1/orders', { body: order }))).service_id;
  }

  service(id: string): Promise<Service> {
    return ok(this.api.GET('/api/v1/services/{id}', { params: { path: { id } } }));
  }

  /** Waits until the service is as wanted; throws with the service as it was last. */
  async until(id: string, wanted: (service: Service) => boolean, seconds = 60): Promise<Service> {
    const deadline = performance.now() + seconds * 1_000;
    for (;;) {
      const service = await this.service(id);
      if (wanted(service)) return service;
      if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(service)}`);
      await sleep(20);
    }
  }

  async history(id: string) {
    return (await ok(this.api.GET('/api/v1/services/{id}/history', { params: { path: { id } } }))).items;
  }

  renew(id: string) {
    return ok(
      this.api.POST('/api/v1/services/{id}/renewals', { params: { path: { id } }, body: { months: 1 } }),
    );
  }
}

export type { Api };
