import pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

/** Counters in PostgreSQL that all processes share: `points` in so many seconds from the first of them on. */
export function countersIn(
  pool: pg.Pool,
  name: string,
  points: number,
  seconds: number,
): RateLimiterPostgres {
  return new RateLimiterPostgres({
    // The library counts with plain numbers.
    storeClient: { query: (query: pg.QueryConfig) => pool.query({ ...query, types: pg.types }) },
    storeType: 'pool',
    tableName: 'kernel_throttle',
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: seconds,
  });
}
