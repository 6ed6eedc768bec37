import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import type { Actor, Ctx } from '#kernel/ctx.ts';
import { type Tx, transact } from '#kernel/db.ts';
import { EVERYTHING } from '#kernel/grant.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import { openWorld, simulatedNode, type World } from '#server/world.ts';
import { BRANDS } from '../../support/brands.ts';
import { Dice } from './dice.ts';
import type { Person } from './people.ts';

/** A world in which seeded customers of all brands live, and what the simulation itself remembers of them. */
export interface Life {
  seed: number;
  world: World;
  dice: Dice;
  brandsDir: string;
  /** Whose customers live here. */
  brands: readonly string[];
  people: Person[];
  /** Two of the staff: what can't be taken back takes both. */
  staff: [Actor, Actor];
  /** What was paid in, by brand, in micro-yuan: written down where it is paid, not read from any ledger. */
  paidIn: Map<string, bigint>;
  /** How often each act was done, or refused and why. */
  acts: Map<string, number>;
  /** When the sweeps ran last: what fell due after that is nobody's fault. */
  sweptAt: Date;
  /** Instants at which the sweeps ran, the last few weeks of them. */
  sweeps: Date[];
  /** What the checks of this step ask (checks.ts). */
  questions: { what: string; query: RawBuilder<unknown> }[];
  /** Up to where the audit log has been looked through. */
  auditSeen: bigint;
  close(): Promise<void>;
}

export interface LifeOptions {
  seed: number;
  customers: number;
  adminUrl: string;
  /** All, when nothing is said. */
  brands?: readonly string[];
}

const CUSTOMERS_ON_A_NODE = 8;

/** Nobody lives in it yet. No worker runs: sweeps, jobs and machines are the simulation's own (stepping.ts). */
export async function openLife({ seed, customers, adminUrl, brands }: LifeOptions): Promise<Life> {
  const brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-life-'));
  await cp(BRANDS, brandsDir, { recursive: true });
  const count = Math.ceil(customers / CUSTOMERS_ON_A_NODE) + 1;
  const nodes = Array.from({ length: count }, (_, i) =>
    simulatedNode({ name: `node-${i}`, subnet: `10.${60 + i}.0.0/16`, memory_overcommit: 4 }),
  );
  const world = await openWorld({
    adminUrl,
    template: process.env.CLOUDPACT_TEST_TEMPLATE,
    brandsDir,
    nodes,
    seed: true,
    start: new Date('2026-01-05T02:00:00Z'),
    // One act at a time: each further connection would only plan all statements for itself.
    env: { CLOUDPACT_ROLE: 'api', DATABASE_POOL: '2' },
  });
  const { house } = world.server;
  const rows = await house.db.selectFrom('identity_staff').select('id').orderBy('id').execute();
  const life: Life = {
    seed,
    world,
    dice: new Dice(seed),
    brandsDir,
    brands: brands ?? house.brands.all.map(({ id }) => id),
    people: [],
    staff: [staffActor(rows[0]!.id), staffActor(rows[0]!.id)],
    paidIn: new Map(house.brands.all.map(({ id }) => [id, 0n])),
    acts: new Map(),
    sweptAt: world.clock.now(),
    sweeps: [],
    questions: [],
    auditSeen: 0n,
    async close() {
      await world.close();
      await rm(brandsDir, { recursive: true, force: true });
    },
  };
  await secondStaff(life);
  return life;
}

const SESSION = '00000000-0000-7000-8000-000000000001';

function staffActor(staffId: string): Actor {
  return { kind: 'staff', staffId, sessionId: SESSION, grant: EVERYTHING };
}

async function secondStaff(life: Life): Promise<void> {
  const { house } = life.world.server;
  const { rows } = await sql<{ id: string }>`insert into identity_staff
    select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(),
      'email', 'second@staff.example.com', 'email_normal', 'second@staff.example.com'))).* from identity_staff s
    limit 1 returning id`.execute(house.db);
  life.staff[1] = staffActor(rows[0]!.id);
}

/** One act, in its own transaction, as this actor. Null when it is refused with a reason; anything else that goes wrong is thrown. */
export async function attempt<T>(
  life: Life,
  name: string,
  by: { brand: string; actor: Actor },
  work: (tx: Tx, ctx: Ctx) => Promise<T>,
): Promise<T | null> {
  const { house } = life.world.server;
  const ctx: Ctx = {
    ...systemCtx(house, by.brand, name),
    actor: by.actor,
    ip: '192.0.2.1',
    userAgent: 'simulation',
  };
  try {
    const done = await transact(house.db, (tx) => work(tx, ctx));
    count(life, name);
    return done;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.status >= 500) throw error;
    count(life, `${name}: ${error.code}`);
    return null;
  }
}

export function count(life: Life, name: string): void {
  life.acts.set(name, (life.acts.get(name) ?? 0) + 1);
}
