import type pg from 'pg';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { countersIn } from './counters.ts';

/** So many calls in so many seconds, from the first of them on. */
export interface QuotaLimit {
  calls: number;
  seconds: number;
}

export interface QuotaState {
  /** Whether this call was within it. */
  within: boolean;
  /** Calls left, at least: others may hold some that they don't use. */
  left: number;
  /** Seconds until it begins anew. */
  resetS: number;
}

interface Lease {
  left: number;
  /** Calls of the window that nobody had taken when this lease was. */
  untaken: number;
  /** By `performance.now()`. */
  until: number;
}

/** Part of the limit that is taken from the database at once, so that all but one in so many calls cost no query. */
const LEASES = 20;
const FORGET_ABOVE = 10_000;

/**
 * Counts calls against limits. All processes count together, in PostgreSQL; each takes a part of the limit ahead and
 * counts that down in memory. Never lets more through than the limit; what a process took and didn't use is lost when
 * the window ends.
 */
export class Quota {
  readonly #limiter: RateLimiterPostgres;
  readonly #leases = new Map<string, Lease>();

  private constructor(limiter: RateLimiterPostgres) {
    this.#limiter = limiter;
  }

  static open(pool: pg.Pool, name: string): Quota {
    return new Quota(countersIn(pool, name, Number.MAX_SAFE_INTEGER, 60));
  }

  /** Takes one call. `of`: whose, at most 200 characters. Another limit counts anew. */
  async spend(of: string, limit: QuotaLimit): Promise<QuotaState> {
    const name = `${of}:${limit.calls}/${limit.seconds}`;
    let lease = this.#leases.get(name);
    if (!lease || lease.until <= performance.now()) {
      if (this.#leases.size > FORGET_ABOVE) this.#forget();
      lease = { left: 0, untaken: limit.calls, until: performance.now() + limit.seconds * 1_000 };
      this.#leases.set(name, lease);
    }
    if (lease.left === 0 && lease.untaken > 0) await this.#take(name, limit, lease);
    const within = lease.left > 0;
    if (within) lease.left -= 1;
    const resetS = Math.max(1, Math.ceil((lease.until - performance.now()) / 1_000));
    return { within, left: lease.left + lease.untaken, resetS };
  }

  /** The part that another process took goes down in the database with ours: only what was left of it is ours. */
  async #take(name: string, { calls, seconds }: QuotaLimit, lease: Lease): Promise<void> {
    const wanted = Math.max(1, Math.floor(calls / LEASES));
    const { consumedPoints, msBeforeNext } = await this.#limiter.penalty(name, wanted, {
      customDuration: seconds,
    });
    const before = consumedPoints - wanted;
    lease.left += Math.min(wanted, Math.max(0, calls - before));
    lease.untaken = Math.max(0, calls - consumedPoints);
    lease.until = performance.now() + msBeforeNext;
  }

  #forget(): void {
    const now = performance.now();
    for (const [name, { until }] of this.#leases) if (until <= now) this.#leases.delete(name);
  }
}
