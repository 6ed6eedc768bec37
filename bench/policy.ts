import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSystem } from '#kernel/house.ts';
import { layerAdd, policyOf } from '#modules/terms/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld } from '#server/world.ts';
import { table } from './figures.ts';

/**
 * What holds for a service: warm (nothing has changed since it was asked), beside its ceiling, a look into a Map by the
 * same key; and cold (by the database). The bar: 50 µs warm.
 */

const ROUNDS = 200_000;
const COLD_ROUNDS = 2_000;
const BAR_US = 50;

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
const world = await openWorld({ adminUrl: postgres.adminUrl });
try {
  const { house } = world.server;
  const customer = new StoryCustomer(world.url);
  await customer.getReady('40');
  const subjects: { customerId: string; serviceId: string; acceptanceId: string }[] = [];
  for (const hostname of ['plain', 'layered']) {
    const access = { type: 'password' as const, password: 'Plum-rain-and-9-geese' };
    const id = await customer.order({ access, hostname });
    const row = await house.db
      .selectFrom('lifecycle_service')
      .select(['customer_id', 'acceptance_id'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    subjects.push({ customerId: row.customer_id, serviceId: id, acceptanceId: row.acceptance_id });
  }
  const [plain, layered] = subjects as [(typeof subjects)[0], (typeof subjects)[0]];
  await asSystem(house, 'lantian', 'bench', (tx, ctx) =>
    layerAdd(tx, ctx, {
      ...{ layer: 'order-page', customerId: layered.customerId, serviceId: layered.serviceId, number: 'P1' },
      sha256: '0'.repeat(64),
      title: { zh: '订购页', en: 'Order page' },
      parameters: { refund: { clause: '5.1', rule: 'unconsumed' } },
      clauses: [{ id: '5.1', text: 'refund' }],
      fromAt: ctx.now,
      toAt: null,
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const at = world.clock.now();

  const lookup = new Map(subjects.map((of) => [`${of.acceptanceId}${of.customerId}${of.serviceId}`, of]));
  const ceiling = await each(ROUNDS, async () =>
    lookup.get(`${plain.acceptanceId}${plain.customerId}${plain.serviceId}`),
  );
  const warm = await each(ROUNDS, async () => (await policyOf(house.db, plain, at)).clauseOf('expiry'));
  const warmLayered = await each(ROUNDS, async () =>
    (await policyOf(house.db, layered, at)).clauseOf('refund'),
  );
  const cold = await each(COLD_ROUNDS, () =>
    house.db.transaction().execute((tx) => policyOf(tx, layered, at)),
  );
  table('policy of a service, one after another', [
    ['a Map, the ceiling', `${ceiling.toFixed(2)} µs`],
    ['warm, the agreement alone', `${warm.toFixed(2)} µs`],
    ['warm, with a layer over it', `${warmLayered.toFixed(2)} µs`],
    ['cold: a transaction of its own, two queries', `${cold.toFixed(0)} µs`],
    ['bar', `${BAR_US} µs warm: ${Math.max(warm, warmLayered) < BAR_US ? 'met' : 'NOT met'}`],
  ]);
  if (Math.max(warm, warmLayered) >= BAR_US) process.exitCode = 1;
} finally {
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

/** Microseconds each, the best of five. */
async function each(rounds: number, work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    for (let i = 0; i < rounds / 5; i++) await work();
    best = Math.min(best, ((performance.now() - began) * 1_000) / (rounds / 5));
  }
  return best;
}
