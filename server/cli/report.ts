import { outputSink, type Progress, type ProgressEvent, plainSink, progressTo } from './progress.ts';

/** What a detached `up` tells the one that started it; the last message is `ready` or `failed`. */
export type ReportMessage =
  | ProgressEvent
  | { type: 'ready'; text: string }
  | { type: 'failed'; message: string };

/** Where `up` tells what it does: to its user, or over IPC to the `up --detach` that started it. */
export interface Report {
  progress: Progress;
  /** @param text may hold the seeded passwords: it is for the user's eyes, never for a log. */
  ready(text: string): void;
  failed(message: string): void;
}

export function chooseReport(): Report {
  return process.send === undefined ? reportToUser() : reportToParent();
}

function reportToUser(): Report {
  return {
    progress: progressTo(outputSink()),
    ready: (text) => process.stdout.write(`${text}\n`),
    failed: (message) => process.stderr.write(`cloudpact: ${message}\n`),
  };
}

/** All goes to the log, which is our standard output, and to the parent while it listens. */
function reportToParent(): Report {
  const send = (message: ReportMessage) => {
    if (process.connected) process.send?.(message, undefined, undefined, ignoreClosedChannel);
  };
  const toLog = plainSink(process.stdout, { timestamps: true });
  return {
    progress: progressTo(toLog, send),
    ready(text) {
      toLog({ type: 'note', text: 'ready' });
      send({ type: 'ready', text });
    },
    failed(message) {
      toLog({ type: 'note', text: message });
      send({ type: 'failed', message });
    },
  };
}

/** The parent may go away between our look and our message; the log has it all. */
function ignoreClosedChannel(): void {}
