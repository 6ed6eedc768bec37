import { parentPort } from 'node:worker_threads';
import type { Paper } from './paper.ts';
import { drawPaper } from './paper-draw.ts';

/** The thread of paper.ts: one paper after another. */

parentPort?.on('message', ({ id, paper }: { id: number; paper: Paper }) => {
  drawPaper(paper)
    .then((bytes) => parentPort?.postMessage({ id, bytes }))
    .catch((error: unknown) =>
      parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
});
