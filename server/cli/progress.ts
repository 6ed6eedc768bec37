import { systemClock } from '#kernel/clock.ts';

/** What `up` tells while it works. It goes to a terminal, to a log, or over IPC to the process that started us. */
export type ProgressEvent =
  | { type: 'begin'; step: string }
  | { type: 'detail'; step: string; detail: string }
  | { type: 'end'; step: string; outcome: 'done' | 'skipped' | 'failed'; detail: string; elapsedMs: number }
  | { type: 'note'; text: string };

export type ProgressSink = (event: ProgressEvent) => void;

/** One step, from its beginning to exactly one of done, skipped and failed. */
export interface Step {
  /** What it is doing at the moment. */
  detail(text: string): void;
  done(detail?: string): void;
  /** Left out, with the reason. */
  skipped(reason: string): void;
  failed(reason?: string): void;
}

export interface Progress {
  step(name: string): Step;
  note(text: string): void;
}

export function progressTo(...sinks: ProgressSink[]): Progress {
  const emit = (event: ProgressEvent) => {
    for (const sink of sinks) sink(event);
  };
  return {
    step(step) {
      const began = performance.now();
      emit({ type: 'begin', step });
      const end = (outcome: 'done' | 'skipped' | 'failed', detail = '') =>
        emit({ type: 'end', step, outcome, detail, elapsedMs: performance.now() - began });
      return {
        detail: (detail) => emit({ type: 'detail', step, detail }),
        done: (detail) => end('done', detail),
        skipped: (reason) => end('skipped', reason),
        failed: (reason) => end('failed', reason),
      };
    },
    note: (text) => emit({ type: 'note', text }),
  };
}

/** Does `work` as a step; the step ends as the work does. */
export async function during<Result>(
  progress: Progress,
  name: string,
  work: (step: Step) => Promise<Result>,
): Promise<Result> {
  const step = progress.step(name);
  let ended = false;
  const ending: Step = {
    detail: step.detail,
    done: (detail) => {
      ended = true;
      step.done(detail);
    },
    skipped: (reason) => {
      ended = true;
      step.skipped(reason);
    },
    failed: (reason) => {
      ended = true;
      step.failed(reason);
    },
  };
  try {
    const result = await work(ending);
    if (!ended) step.done();
    return result;
  } catch (error) {
    if (!ended) step.failed();
    throw error;
  }
}

const MARKS = { done: '✓', skipped: '–', failed: '✗' };

function endLine(event: Extract<ProgressEvent, { type: 'end' }>): string {
  const detail = event.detail === '' ? '' : `: ${event.detail}`;
  return `${MARKS[event.outcome]} ${event.step}${detail}  ${(event.elapsedMs / 1000).toFixed(1)} s`;
}

/** What takes less isn't announced, only told when done. */
const ANNOUNCE_AFTER_MS = 1000;

/** A line for each thing that happened; for logs and pipes. */
export function plainSink(stream: NodeJS.WritableStream, options = { timestamps: false }): ProgressSink {
  const pending = new Map<string, NodeJS.Timeout>();
  const print = (text: string) => {
    const at = options.timestamps ? `${systemClock.now().toISOString()} ` : '';
    stream.write(`${at}${text}\n`);
  };
  return (event) => {
    if (event.type === 'note') return print(event.text);
    clearTimeout(pending.get(event.step));
    if (event.type === 'begin') {
      const announce = () => print(`… ${event.step}`);
      pending.set(event.step, setTimeout(announce, ANNOUNCE_AFTER_MS).unref());
    } else print(event.type === 'detail' ? `… ${event.step}: ${event.detail}` : endLine(event));
  };
}

/** As plainSink, but what is still going on is one line at the bottom that counts the seconds. */
export function terminalSink(stream: NodeJS.WriteStream): ProgressSink {
  const active = new Map<string, { began: number; detail: string }>();
  let ticking: NodeJS.Timeout | null = null;
  const clear = () => stream.write('\r\x1b[K');
  const draw = () => {
    const parts = [...active].map(([step, { began, detail }]) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      return `${step}${detail === '' ? '' : `: ${detail}`} ${seconds} s`;
    });
    clear();
    if (parts.length > 0) stream.write(`… ${parts.join(' · ')}`.slice(0, (stream.columns ?? 80) - 1));
  };
  return (event) => {
    if (event.type === 'begin') active.set(event.step, { began: performance.now(), detail: '' });
    else if (event.type === 'detail') {
      const step = active.get(event.step);
      if (step !== undefined) step.detail = event.detail;
    } else {
      clear();
      if (event.type === 'end') active.delete(event.step);
      stream.write(`${event.type === 'end' ? endLine(event) : event.text}\n`);
    }
    if (active.size > 0) ticking ??= setInterval(draw, 200).unref();
    else if (ticking !== null) {
      clearInterval(ticking);
      ticking = null;
    }
    draw();
  };
}

/** To the user, however the output is shown. */
export function outputSink(): ProgressSink {
  return process.stdout.isTTY ? terminalSink(process.stdout) : plainSink(process.stdout);
}
