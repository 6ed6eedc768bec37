import { sql } from 'kysely';
import { Problem } from '#kernel/problem.ts';
import { checkStep, checkWhole } from './checks.ts';
import { personActs } from './customer-acts.ts';
import { outages, revision, usageFlows } from './events.ts';
import { type Life, openLife } from './life.ts';
import { staffAct } from './operator-acts.ts';
import { personJoins } from './people.ts';
import { sweepsOf, workerRuns } from './stepping.ts';
import { survey } from './survey.ts';

const DAY_MS = 86_400_000;
/** A customer out of so many is there from the first day; the others join in the first half. */
const FROM_THE_START = 3;
const WHOLE_EVERY_DAYS = 60;

export interface Lived {
  acts: Map<string, number>;
  /** What was written down as done: by people, by staff and by what fell due. */
  recorded: bigint;
  transactions: bigint;
  steps: number;
  seconds: number;
}

export interface YearsOptions {
  seed: number;
  customers: number;
  years: number;
  adminUrl: string;
  /** All, when nothing is said. */
  brands?: readonly string[];
}

/** So many customers live so many years. @throws what was wrong, with the seed that shows it again. */
export async function liveYears(options: YearsOptions): Promise<Lived> {
  const life = await openLife(options);
  const began = performance.now();
  let steps = 0;
  try {
    for await (const _ of days(life, options)) steps += 1;
    await checkWhole(life);
    const seconds = (performance.now() - began) / 1_000;
    return { acts: life.acts, steps, seconds, ...(await counted(life)) };
  } catch (error) {
    const at = `${life.world.clock.now().toISOString()} (the worker ran last at ${life.sweptAt.toISOString()})`;
    const why =
      error instanceof Problem ? `${error.code}: ${error.message}` : String((error as Error).message);
    throw new Error(`seed ${life.seed}, ${options.customers} customers, at ${at}: ${why}`, { cause: error });
  } finally {
    await life.close();
  }
}

async function counted({ world }: Life): Promise<Pick<Lived, 'recorded' | 'transactions'>> {
  const { rows } = await sql<Pick<Lived, 'recorded' | 'transactions'>>`
    select (select count(*) from audit_event) as recorded,
      (select xact_commit from pg_stat_database where datname = current_database()) as transactions`.execute(
    world.server.house.db,
  );
  return rows[0]!;
}

/** Day by day, at an hour that nobody knows; the worker is away for up to ten days now and then. */
async function* days(life: Life, { customers, years }: YearsOptions): AsyncGenerator<number> {
  const { dice, world } = life;
  const { clock } = world;
  const start = +clock.now();
  const sweeps = sweepsOf(life);
  const last = Math.round(years * 365);
  let awayUntil = 0;
  for (let day = 0; day < last; day++) {
    clock.moveTo(new Date(start + day * DAY_MS + dice.whole(0, 20) * 3_600_000));
    await joins(life, { customers, day, last });
    const views = await survey(life);
    await usageFlows(life);
    for (const person of life.people) {
      if (!dice.is(person.busy)) continue;
      clock.moveTo(new Date(+clock.now() + dice.whole(0, 60_000)));
      await personActs(life, person, views.get(person.customerId)!);
    }
    await staffAct(life, views);
    await outages(life);
    await revision(life);
    if (day >= awayUntil && dice.is(0.01)) awayUntil = day + dice.whole(1, 10);
    if (day >= awayUntil) await workerRuns(life, sweeps);
    await checkStep(life);
    if (day % WHOLE_EVERY_DAYS === 0) await checkWhole(life);
    yield day;
  }
  await workerRuns(life, sweeps);
}

async function joins(life: Life, of: { customers: number; day: number; last: number }): Promise<void> {
  const early = Math.ceil(of.customers / FROM_THE_START);
  const due = Math.min(of.customers, early + Math.floor(((of.customers - early) * of.day * 2) / of.last));
  while (life.people.length < due) await personJoins(life);
}
