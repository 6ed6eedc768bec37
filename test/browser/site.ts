import { join } from 'node:path';
import { buildConsole } from '#server/cli/console-build.ts';
import { allPatrols } from '#server/worker.ts';
import type { World } from '#server/world.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where a picture goes: with CLOUDPACT_PICTURES=1 among those that the README shows, else beside the test's results. */
export function picture(name: string): string {
  return join(ROOT, process.env.CLOUDPACT_PICTURES ? 'docs/images' : 'test-results', `${name}.png`);
}

/** The console as it is in the sources now, where the server finds it. */
export async function builtConsole(): Promise<void> {
  await buildConsole(ROOT);
}

/** Lets minutes pass in which the machines are measured, four times in each. */
export async function measure(world: World, minutes: number): Promise<void> {
  const sample = allPatrols(world.server.house).find((patrol) => patrol.name === 'compute.sample');
  if (!sample) throw new Error('nothing takes samples');
  for (let quarter = 0; quarter < minutes * 4; quarter++) {
    world.clock.moveTo(new Date(world.clock.now().getTime() + 15_000));
    await sample.run();
  }
}
