import type { Nodes } from './nodes.ts';
import { during, type Progress } from './progress.ts';

/**
 * Makes the system images that customers choose from, behind a console that is in use already.
 * A failure is told and leaves the rest running: orders wait for the image, and the next `up` tries again.
 */
export async function prepareImages(nodes: Nodes, progress: Progress, cancelled: AbortSignal): Promise<void> {
  const local = nodes.hypervisor?.current()?.local;
  if (local === undefined || cancelled.aborted) return;
  await during(progress, 'image debian-12', async (step) => {
    const { ensureImage } = await import('#server/local/image.ts');
    const outcome = await ensureImage({
      socketPath: local.socketPath,
      log: (line: string) => step.detail(line),
      cancelled,
    });
    step.done(outcome);
  }).catch((error: Error) => progress.note(`The image could not be made: ${error.message}`));
}
