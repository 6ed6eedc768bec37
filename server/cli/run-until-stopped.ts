import { relative } from 'node:path';
import type { Lock } from '#server/local/supervise-lock.ts';
import { CommandError, PROJECT_ROOT } from './command.ts';
import { prepareImages } from './images.ts';
import type { Report } from './report.ts';
import { type RunSettings, type Started, startAll } from './run.ts';
import { summaryText } from './summary.ts';

/** Starts everything, tells so, and stays until Ctrl-C, SIGTERM or SIGHUP; then stops everything. */
export async function runUntilStopped(settings: RunSettings, lock: Lock, report: Report): Promise<number> {
  const told = stopSignal();
  let started: Started;
  try {
    started = await startAll(settings, lock, report.progress, told);
  } catch (error) {
    if (told.aborted) return 130;
    report.failed(
      error instanceof CommandError ? error.message : `unexpected: ${(error as Error).stack ?? error}`,
    );
    return 1;
  }
  report.ready(summaryText({ ...started, simulated: started.nodes.simulated, ...circumstances(settings) }));
  const images = prepareImages(started.nodes, report.progress, told);
  if (!told.aborted) await new Promise((resolve) => told.addEventListener('abort', resolve, { once: true }));
  report.progress.note('Stopping …');
  await images;
  await started.stop();
  report.progress.note('Stopped.');
  return 0;
}

function circumstances({ dataDir, host, env }: RunSettings) {
  const byDefault = relative(PROJECT_ROOT, dataDir) === 'data';
  const loopback = ['127.0.0.1', 'localhost', '::1'].includes(host);
  return {
    dataOption: byDefault ? '' : ` --data ${dataDir}`,
    remoteHint: loopback && env.SSH_CONNECTION !== undefined,
    mailbox: !env.SMTP_URL,
    foreground: process.send === undefined,
  };
}

/** Aborted by the first signal that asks us to end; further ones change nothing, since all is ending already. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}
