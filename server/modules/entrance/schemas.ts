import { z } from 'zod';
import { FACTORS } from '#modules/factors/index.ts';

/** What was mailed for getting a lost password back. */
export const mailedCode = z
  .string()
  .trim()
  .regex(/^\d{8}$/);

/** How a sign-in that waits for its second step answers, with 202. */
export const secondFactorAsked = z.object({ challenge: z.string(), factors: z.array(z.enum(FACTORS)) });
