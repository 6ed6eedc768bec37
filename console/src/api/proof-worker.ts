import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';

export interface Share {
  challenge: Challenge;
  /** Tries `first`, `first + step`, … */
  first: number;
  step: number;
}

/** One worker's share of the tries. */
addEventListener('message', async (event: MessageEvent<Share>) => {
  const { challenge, first, step } = event.data;
  postMessage(await solveChallenge({ challenge, deriveKey, counterStart: first, counterStep: step }));
});
