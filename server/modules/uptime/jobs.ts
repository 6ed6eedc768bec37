import { asSystem, type House } from '#kernel/house.ts';
import type { Patrol } from '#kernel/sweeps.ts';
import { draftsOpen, endingsWrite, sightLost } from './draft-open.ts';

export function patrols(house: House): Patrol[] {
  return [{ name: 'uptime.drafts', everySeconds: 30, run: () => uptimeLook(house) }];
}

/** For each brand: drafts of what lasts too long, and the ends of what was confirmed. */
export async function uptimeLook(house: House): Promise<void> {
  for (const { id } of house.brands.all) {
    await asSystem(house, id, 'uptime', sightLost);
    await asSystem(house, id, 'uptime', draftsOpen);
    await asSystem(house, id, 'uptime', endingsWrite);
  }
}
