import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { countersIn } from './counters.ts';
import { problem } from './problem.ts';

/** Limits attempts, counted in PostgreSQL, so that all processes count together. */
export class Throttle {
  readonly #limiter: RateLimiterPostgres;

  private constructor(limiter: RateLimiterPostgres) {
    this.#limiter = limiter;
  }

  static open(pool: pg.Pool, name: string, points: number, seconds: number): Throttle {
    return new Throttle(countersIn(pool, name, points, seconds));
  }

  /** Throws `too-many-requests` once the limit is passed. */
  async spend(key: string): Promise<void> {
    try {
      await this.#limiter.consume(counterOf(key));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw problem['too-many-requests']({ seconds }, { retry_after_s: seconds });
    }
  }

  /** Whether this is the first time, of what may be done once: with a limit of one. */
  async first(key: string): Promise<boolean> {
    try {
      await this.#limiter.consume(counterOf(key));
      return true;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return false;
    }
  }

  async forgive(key: string): Promise<void> {
    await this.#limiter.delete(counterOf(key));
  }
}

/** Addresses that strangers type are not kept, and one of any length fits the column. */
function counterOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
