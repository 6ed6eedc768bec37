import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { contractSeal } from './contract-seal.ts';

const payload = z.object({ id: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    'contracts.seal': (raw) => contractSeal(house, payload.parse(raw).id),
    // Asked for by what ran before the room had its own name.
    'documents.contract': (raw) => contractSeal(house, payload.parse(raw).id),
  };
}
