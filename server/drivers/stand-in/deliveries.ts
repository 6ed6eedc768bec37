import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayFaults } from './faults.ts';

/** A world's clock may jump, so a sleeping timer looks again at least this often. */
const LOOK_AGAIN_MS = 30_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** A notification that the merchant hasn't acknowledged. */
export interface Delivery {
  id: string;
  attempts: number;
  /** Epoch milliseconds. */
  dueAtMs: number;
}

export interface DeliveriesOptions<D extends Delivery> {
  pending: Map<string, D>;
  /** Waits after each refused attempt; their number and one more is how often it is tried. */
  retrySeconds: readonly number[];
  faults: GatewayFaults;
  now: () => Date;
  /** One attempt of an undisturbed channel: posts by `post` and says whether the merchant took it. */
  attempt: (delivery: D, post: Post) => Promise<boolean>;
  save: () => void;
  /** Told when an attempt could not be recorded; it is made again. */
  failed: (error: unknown) => void;
}

export type Post = (url: string, headers: Record<string, string>, body: string) => Promise<Response>;

/** Sends pending notifications by a channel's schedule, until each is acknowledged or was tried often enough. */
export class Deliveries<D extends Delivery> {
  readonly #options: DeliveriesOptions<D>;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeliveriesOptions<D>) {
    this.#options = options;
  }

  /** Tries what is due by the gateway's clock; resolves when each of those attempts is over. */
  async deliverDue(): Promise<void> {
    const { pending, faults, now } = this.#options;
    const due = [...pending.values()].filter(
      ({ id, dueAtMs }) => dueAtMs <= now().getTime() && !this.#underWay.has(id),
    );
    if (faults.hold || this.#stop.signal.aborted) return;
    if (faults.newestFirst) {
      for (const delivery of due.reverse()) await this.#begin(delivery);
    } else {
      for (const delivery of due) void this.#begin(delivery);
    }
    await Promise.all(this.#underWay.values());
    this.arm();
  }

  /** Looks again when the next notification is due. The timer doesn't keep the process alive. */
  arm(): void {
    const { pending, faults, now, failed } = this.#options;
    clearTimeout(this.#timer);
    if (pending.size === 0 || faults.hold || this.#stop.signal.aborted) return;
    const next = Math.min(...[...pending.values()].map(({ dueAtMs }) => dueAtMs));
    const wait = Math.min(Math.max(next - now().getTime(), 0), LOOK_AGAIN_MS);
    this.#timer = setTimeout(() => this.deliverDue().catch(failed), wait).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await Promise.all(this.#underWay.values());
  }

  #begin(delivery: D): Promise<void> {
    const attempt = this.#attempt(delivery).finally(() => this.#underWay.delete(delivery.id));
    this.#underWay.set(delivery.id, attempt);
    return attempt;
  }

  async #attempt(delivery: D): Promise<void> {
    const { pending, retrySeconds, now, save } = this.#options;
    const acknowledged = await this.#send(delivery);
    if (this.#stop.signal.aborted) return;
    const waitSeconds = retrySeconds[delivery.attempts];
    delivery.attempts += 1;
    if (acknowledged || waitSeconds === undefined) pending.delete(delivery.id);
    else delivery.dueAtMs = now().getTime() + waitSeconds * 1_000;
    save();
  }

  async #send(delivery: D): Promise<boolean> {
    const { faults, attempt } = this.#options;
    if (faults.drop) return true;
    try {
      if (faults.delayMs > 0)
        await delay(faults.delayMs, undefined, { ref: false, signal: this.#stop.signal });
      return await attempt(delivery, (url, headers, body) => this.#post(url, headers, body));
    } catch {
      return false; // not acknowledged, for whatever reason: the schedule tries again
    }
  }

  #post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
  }
}
