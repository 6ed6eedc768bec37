import { ApiProblem } from './problem.ts';

/**
 * Some acts ask for fresh proof of who acts (`prove-again`). Whichever frame is on the page says how that is asked for;
 * an act that met it is done again once the proof was given.
 */

type Asker = () => Promise<boolean>;
let asker: Asker | null = null;

/** Returns what takes it back. */
export function onProveAgain(ask: Asker): () => void {
  asker = ask;
  return () => {
    if (asker === ask) asker = null;
  };
}

/** Whether proof was asked for and has been given since. */
export async function provedAgain(error: unknown): Promise<boolean> {
  if (!(error instanceof ApiProblem) || error.code !== 'prove-again' || !asker) return false;
  return asker();
}
