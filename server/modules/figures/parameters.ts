import { z } from 'zod';
import { enforcement } from './enforcement.ts';
import { money } from './money.ts';
import { people, told } from './people.ts';
import { promises } from './promises.ts';
import { time } from './time.ts';

/**
 * The figures of a brand's agreement by which the software acts, each with the clause that it comes from. What an
 * agreement doesn't have stays away: then the act that would rest on it doesn't exist for that brand.
 */

export const parameters = z.strictObject({
  ...people,
  ...told,
  ...money,
  ...time,
  ...promises,
  ...enforcement,
});

export type Parameters = z.infer<typeof parameters>;

const ANY_PERIOD = Array.from({ length: 36 }, (_, i) => i + 1);

/** The lengths in months that may be ordered. */
export function periodsSold({ periods }: Parameters): number[] {
  return periods?.months ?? ANY_PERIOD;
}
