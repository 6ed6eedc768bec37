import { test } from 'node:test';
import { testPostgres } from '../support/world.ts';
import { liveYears } from './life/years.ts';

/**
 * Seeded customers of all brands live under a moved clock, and after each day what must be true of every life is asked
 * (life/checks.ts). CLOUDPACT_SEED=… lives other lives, "random" ones that nobody has seen; CLOUDPACT_CUSTOMERS=200
 * CLOUDPACT_YEARS=3 is the whole.
 */
const CUSTOMERS = Number(process.env.CLOUDPACT_CUSTOMERS ?? 20);
const YEARS = Number(process.env.CLOUDPACT_YEARS ?? 0.5);
const SEEDS = (process.env.CLOUDPACT_SEED ?? '1,380484468')
  .split(',')
  .map((seed) => (seed === 'random' ? Math.floor(Math.random() * 1e9) : Number(seed)));

for (const seed of SEEDS)
  test(`seed ${seed}: ${CUSTOMERS} customers of all brands live ${YEARS} years; nothing is taken without its clause, its cause and its notices, nothing outlives its terms, no money is lost`, async (t) => {
    const adminUrl = await testPostgres();
    const { acts, steps, seconds } = await liveYears({ seed, customers: CUSTOMERS, years: YEARS, adminUrl });
    const sum = [...acts.values()].reduce((total, count) => total + count, 0);
    t.diagnostic(`${steps} days, ${sum} acts, ${seconds.toFixed(1)} s`);
    t.diagnostic(
      [...acts]
        .map(([name, count]) => `${name} ${count}`)
        .sort()
        .join(', '),
    );
  });
