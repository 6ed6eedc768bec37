import { EventEmitter } from 'node:events';
import pg from 'pg';

/**
 * Wakes those who wait for a change of `topic` (see `signal` in db.ts). A signal carries no data and may be
 * lost while the connection is being made again, so a waiter also looks by itself now and then.
 */
export class Signals {
  readonly #emitter = new EventEmitter();
  readonly #url: string;
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;
  #connections = 0;

  constructor(url: string) {
    this.#url = url;
    this.#emitter.setMaxListeners(0);
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on('notification', (message) => this.#emitter.emit(message.payload ?? ''));
    client.on('error', () => this.#again());
    client.on('end', () => this.#again());
    try {
      await client.connect();
      await client.query('listen cloudpact');
      this.#client = client;
      this.#connections++;
    } catch {
      this.#again();
    }
  }

  #again(): void {
    this.#client = null;
    if (this.#closed || this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.start();
    }, 1_000);
    this.#retry.unref();
  }

  /** The number of the connection by which it hears; 0 while it doesn't. Signals between two of them are lost. */
  get hears(): number {
    return this.#client ? this.#connections : 0;
  }

  /** Calls `listener` at each signal; returns the way to stop. */
  listen(topic: string, listener: () => void): () => void {
    this.#emitter.on(topic, listener);
    return () => this.#emitter.off(topic, listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#client?.end();
  }
}
