import { join } from 'node:path';

/** The brands that tests run on: ours, or those of a run that looks whether changed terms are noticed (test/terms/mutate.ts). */
export const BRANDS = process.env.WORLD_BRANDS ?? join(import.meta.dirname, '../../brands');
