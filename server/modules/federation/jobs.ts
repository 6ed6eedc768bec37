import type { House } from '#kernel/house.ts';
import type { Patrol } from '#kernel/sweeps.ts';
import { statesForget } from './attempt.ts';
import { phoneCodesForget } from './phone-code.ts';

export function patrols(house: House): Patrol[] {
  return [
    {
      name: 'federation.forget',
      everySeconds: 3_600,
      async run() {
        const now = house.clock.now();
        while ((await phoneCodesForget(house.db, now)) > 0);
        while ((await statesForget(house.db, now)) > 0);
      },
    },
  ];
}
