import type { Challenge, Solution } from 'altcha-lib';
import type { Middleware } from 'openapi-fetch';
import { workerAddress } from '../trusted-types.ts';
import type { Share } from './proof-worker.ts';
import script from './proof-worker.ts?worker&url';

const WORKER = workerAddress('proof-worker', script);

/** A form that a stranger sends is proven to cost a second of work (server/http/bot-check.ts), unseen. */
export function proofOfWork(): Middleware {
  const sent = new Map<string, Request>();
  return {
    onRequest({ request, id }) {
      if (request.method === 'POST') sent.set(id, request.clone());
    },
    async onResponse({ response, id }) {
      const again = sent.get(id);
      sent.delete(id);
      if (response.status !== 428 || !again) return;
      const { challenge } = (await response.clone().json()) as { challenge?: Challenge };
      if (!challenge) return;
      again.headers.set(
        'proof-of-work',
        btoa(JSON.stringify({ challenge, solution: await solved(challenge) })),
      );
      return fetch(again);
    },
    onError({ id }) {
      sent.delete(id);
    },
  };
}

/** Shares the tries among a few workers; the first that finds it ends the others. */
async function solved(challenge: Challenge): Promise<Pick<Solution, 'counter' | 'derivedKey'>> {
  const step = Math.min(4, Math.max(1, navigator.hardwareConcurrency));
  const workers = Array.from({ length: step }, () => new Worker(WORKER, { type: 'module' }));
  try {
    const { counter, derivedKey } = await Promise.race(
      workers.map((worker, first) => found(worker, { challenge, first, step })),
    );
    return { counter, derivedKey };
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

function found(worker: Worker, share: Share): Promise<Solution> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Solution | null>) =>
      data ? resolve(data) : reject(new Error('no solution in time')),
    );
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(share);
  });
}
