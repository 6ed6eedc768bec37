import type { Logger } from 'pino';
import type { Brands } from './brands.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Ctx } from './ctx.ts';
import { type Db, type Tx, transact } from './db.ts';
import type { Bus } from './events.ts';
import type { Sealer } from './seal.ts';
import type { Signals } from './signals.ts';

/** The drivers that `main.ts` chose; each room adds its port by `declare module '#kernel/house.ts' { interface Ports { … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: rooms extend it
export interface Ports {}

/** Moves the clock of a world in which people try things out (server/world-mover.ts). */
export interface Mover {
  state(): MoverState;
  /** Begins to step to a later instant. False when it is on its way already. */
  begin(target: Date): boolean;
  /** Waits until it stands. */
  settled(): Promise<void>;
}

export interface MoverState {
  now: Date;
  /** Where it is going; null while it stands. */
  target: Date | null;
  /** Due dates that it stopped at on the last way. */
  stops: number;
  /** Why the last way ended before its target. */
  failed: string | null;
}

/** What edges (routes, jobs, sweeps, CLI) are given. Verbs get a transaction and a Ctx instead. */
export interface House {
  config: Config;
  db: Db;
  clock: Clock;
  bus: Bus;
  brands: Brands;
  sealer: Sealer;
  signals: Signals;
  log: Logger;
  ports: Ports;
  /** Null wherever time is real: then no route moves it. */
  mover: Mover | null;
}

/** The context of an act that no person asked for at this moment: a job, a sweep, a start-up step. */
export function systemCtx(house: House, brand: string, name: string): Ctx {
  return {
    now: house.clock.now(),
    brand: house.brands.get(brand),
    actor: { kind: 'system', name },
    locale: 'zh',
    bus: house.bus,
    requestId: null,
    ip: null,
    userAgent: null,
  };
}

/** One transaction, one system act. */
export function asSystem<T>(
  house: House,
  brand: string,
  name: string,
  work: (tx: Tx, ctx: Ctx) => Promise<T>,
): Promise<T> {
  return transact(house.db, (tx) => work(tx, systemCtx(house, brand, name)));
}
