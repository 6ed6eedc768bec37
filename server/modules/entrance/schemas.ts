import { z } from 'zod';
import { FACTORS, QUESTIONS } from '#modules/factors/index.ts';
import type { RecoveryBegun } from './recovery.ts';

/** What was mailed for getting a lost password back. */
export const mailedCode = z
  .string()
  .trim()
  .regex(/^\d{8}$/);

/** A recovery whose code came back. */
export const recoveryBegun = z.object({
  challenge: z.string(),
  /** One of these is to be shown beside the code; none where the account has none. */
  factors: z.array(z.enum([...FACTORS, 'question'])),
  question: z.enum(QUESTIONS).nullable(),
});

export function recoveryShown(begun: RecoveryBegun): z.infer<typeof recoveryBegun> {
  return { ...begun, question: QUESTIONS.find((name) => name === begun.question) ?? null };
}

/** How a sign-in that waits for its second step answers, with 202. */
export const secondFactorAsked = z.object({ challenge: z.string(), factors: z.array(z.enum(FACTORS)) });
