import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '#server/world.ts';
import { type Child, startChild } from './children.ts';

/** A process of a world that is started again whenever it ends, as a supervisor does. */
export interface Kept {
  /** Of the one that runs now; null while it is being started. */
  readonly child: Child | null;
  /** Sends SIGKILL as soon as there is somebody to kill. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function keepRunning(world: World, role: 'api' | 'worker'): Kept {
  const wanted = new AbortController();
  const state: { child: Child | null } = { child: null };
  const running = (async () => {
    while (!wanted.signal.aborted) {
      // It can't start while PostgreSQL is away.
      state.child = await startChild(world, role, { stepped: false }).catch(() => null);
      if (wanted.signal.aborted) await state.child?.stop();
      await state.child?.ended;
      state.child = null;
      await sleep(200);
    }
  })();
  return {
    get child() {
      return state.child;
    },
    async kill() {
      while (state.child === null) await sleep(20);
      const { pid, ended } = state.child;
      process.kill(pid, 'SIGKILL');
      await ended;
    },
    async stop() {
      wanted.abort();
      await state.child?.stop();
      await running;
    },
  };
}

/** Numbers from 0 to 1 that are the same for the same seed (Lehmer, multiplier 48271). */
export function chance(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
