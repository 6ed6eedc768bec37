import type { Command } from './command.ts';

/** Every command, one file each, loaded when it is called. usage.txt tells about the same ones. */
export const commands: Record<string, () => Promise<{ run: Command }>> = {
  up: () => import('./up.ts'),
  down: () => import('./down.ts'),
  status: () => import('./status.ts'),
  doctor: () => import('./doctor.ts'),
  advisories: () => import('./advisories.ts'),
  migrate: () => import('./migrate.ts'),
  brand: () => import('./brand.ts'),
  terms: () => import('./terms.ts'),
  'staff-add': () => import('./staff-add.ts'),
  'staff-password': () => import('./staff-password.ts'),
  'staff-reset-factor': () => import('./staff-reset-factor.ts'),
  keys: () => import('./keys.ts'),
  ledger: () => import('./ledger.ts'),
  audit: () => import('./audit.ts'),
  contract: () => import('./contract.ts'),
  story: () => import('./story.ts'),
  world: () => import('./world.ts'),
  test: () => import('./test.ts'),
};
