import type { Postgres } from '#server/local/postgres.ts';
import type { World } from '#server/world.ts';
import { startChild } from '../test/faults/support/children.ts';
import { childrenOf, cpuOf, queuedOf } from './cpu-of.ts';
import { p50 } from './figures.ts';
import { statusOf } from './people-asking.ts';

const BLOCKS = 21;
const TURNS = 500;

interface Asked {
  ms: number;
  /** The same, less the time for which those who take part stood in the queue for a processor. */
  unqueued: number;
}

interface Block {
  bare: Asked[];
  again: Asked[];
  checked: Asked[];
}

/**
 * The same public route with a session and without, by turns whose order is chance, so that whatever else goes on meets
 * both alike; asked of a process of its own, as it is served, so that whoever asks isn't in the figure, and one at a time,
 * so that nothing waits for its turn. Of each block of turns the 99th of a hundred of both; of what lies between them, the
 * middle one of all blocks. `noise`: the same between two that are both without.
 */
export async function checkAdds(of: World, postgres: Postgres, tokens: string[]) {
  const { url, pid, stop } = await startChild(of, 'api', {});
  let taking: number[] = [];
  const asked = async (cookie: string | null): Promise<Asked> => {
    const queued = queuedOf(taking);
    const started = performance.now();
    await statusOf(url, cookie);
    const ms = performance.now() - started;
    const waits = [...queuedOf(taking, queued).values()];
    return { ms, unqueued: ms - waits.reduce((sum, wait) => sum + wait, 0) };
  };
  const token = (turn: number) => `cp_session=${tokens[(turn * 7919) % tokens.length]}`;
  for (let turn = 0; turn < 3_000; turn++) await asked(turn % 2 ? token(turn) : null);
  const blocks: Block[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    taking = [process.pid, pid, ...childrenOf(postgres.pid)];
    const { bare, again, checked }: Block = { bare: [], again: [], checked: [] };
    for (let turn = 0; turn < TURNS; turn++) {
      const order = [
        async () => bare.push(await asked(null)),
        async () => again.push(await asked(null)),
        async () => checked.push(await asked(token(block * TURNS + turn))),
      ];
      for (const ask of order.toSorted(() => Math.random() - 0.5)) await ask();
    }
    blocks.push({ bare, again, checked });
  }
  const cpu = await cpuOfChecks({ api: pid, postgres: postgres.pid }, asked, token);
  await stop();
  const figures = (part: keyof Asked) => {
    const at = (all: Asked[], share: number) =>
      nth(
        all.map((one) => one[part]),
        share,
      );
    const middle = (value: (block: Block) => number) => p50(blocks.map(value));
    return {
      p50: middle(({ bare, checked }) => at(checked, 0.5) - at(bare, 0.5)),
      p99: middle(({ bare, checked }) => at(checked, 0.99) - at(bare, 0.99)),
      noise: middle(({ bare, again }) => Math.abs(at(again, 0.99) - at(bare, 0.99))),
      without: middle(({ bare }) => at(bare, 0.99)),
    };
  };
  return { whole: figures('ms'), unqueued: figures('unqueued'), cpu };
}

function nth(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** Processor microseconds that a check takes of the API process and of PostgreSQL. */
async function cpuOfChecks(
  pids: { api: number; postgres: number },
  asked: (cookie: string | null) => Promise<unknown>,
  token: (turn: number) => string,
) {
  const turns = 4_000;
  const now = () => [cpuOf(pids.api), cpuOf(pids.postgres, { children: true })] as const;
  const taken = async (cookie: (turn: number) => string | null) => {
    const before = now();
    for (let turn = 0; turn < turns; turn++) await asked(cookie(turn));
    const after = now();
    return [after[0] - before[0], after[1] - before[1]] as const;
  };
  const without = await taken(() => null);
  const checked = await taken(token);
  const each = (index: 0 | 1) => ((checked[index] - without[index]) * 1_000) / turns;
  return { api: each(0), postgres: each(1) };
}
