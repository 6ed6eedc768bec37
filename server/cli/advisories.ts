import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '#kernel/clock.ts';
import { addMs } from '#kernel/time.ts';
import { CommandError, command, dataDirOf, PROJECT_ROOT } from './command.ts';

const HOUR_MS = 3_600_000;
/** Within how many hours of our first hearing of it a component is to be updated (docs/operations.md, ASVS 15.1.1). */
export const UPDATE_HOURS = { critical: 48, high: 7 * 24, moderate: 30 * 24, low: 30 * 24, info: 30 * 24 };
/** Whoever looks daily may miss one day. */
export const LOOK_HOURS = 48;
const STATE_FILE = 'advisories.json';

const advisory = z.object({
  source: z.number(),
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.enum(['critical', 'high', 'moderate', 'low', 'info']),
});
/** What `npm audit --json` says; `via` names an advisory, or the component that another is affected through. */
const report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), advisory])) })),
});
export type Advisory = z.infer<typeof advisory>;

const state = z.object({
  looked_at: z.coerce.date(),
  /** Since when each is known here, by its number. */
  known: z.record(z.string(), advisory.extend({ since: z.coerce.date() })),
});
export type State = z.infer<typeof state>;

/** Looks up what is known against the components that are installed here. Exit code 1 when one is past its time. */
export const run = command({
  options: { data: { type: 'string' } },
  run: async (values) => {
    const dataDir = dataDirOf(values.data);
    const now = systemClock.now();
    const next = stateAfter(stateRead(dataDir), advisoriesIn(await npmAudit()), now);
    stateWrite(dataDir, next);
    const lines = standing(next, now);
    process.stdout.write(`${lines.map(({ line }) => line).join('\n') || 'Nothing is known against them.'}\n`);
    return lines.some(({ overdue }) => overdue) ? 1 : 0;
  },
});

/** npm's own answer: of the registry that it is set to, about the locked packages that a deployment runs. */
function npmAudit(): Promise<unknown> {
  const args = ['audit', '--omit', 'dev', '--json'];
  return new Promise((resolve, reject) => {
    execFile('npm', args, { cwd: PROJECT_ROOT, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      // It ends with 1 when there is something, which is no failure; what it says then is JSON too.
      const said = parsed(stdout);
      if (said && report.safeParse(said).success) resolve(said);
      else
        reject(
          new CommandError('the registry of npm could not be asked; nothing is known about the components', {
            cause: error,
          }),
        );
    });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function advisoriesIn(said: unknown): Advisory[] {
  const all = Object.values(report.parse(said).vulnerabilities).flatMap(({ via }) =>
    via.flatMap((one) => (typeof one === 'string' ? [] : [one])),
  );
  return [...new Map(all.map((one) => [one.source, one])).values()];
}

/** What is known from now on: an advisory keeps the day on which it was first met; one that is gone is forgotten. */
export function stateAfter(before: State | null, found: readonly Advisory[], now: Date): State {
  const known = found.map((one) => {
    const since = before?.known[one.source]?.since ?? now;
    return [String(one.source), { ...one, since }] as const;
  });
  return { looked_at: now, known: Object.fromEntries(known) };
}

/** A line for each, what is due first before the others. */
export function standing({ known }: State, now: Date): { line: string; overdue: boolean }[] {
  return Object.values(known)
    .map((one) => ({ ...one, due: addMs(one.since, UPDATE_HOURS[one.severity] * HOUR_MS) }))
    .sort((a, b) => a.due.getTime() - b.due.getTime())
    .map(({ name, title, url, severity, due }) => {
      const overdue = due <= now;
      const when = `${overdue ? 'OVERDUE since' : 'to be updated by'} ${due.toISOString().slice(0, 16)}Z`;
      return { line: `${severity} ${name}: ${title} (${url}), ${when}`, overdue };
    });
}

/** Null where nobody has looked yet. */
export function stateRead(dataDir: string): State | null {
  try {
    return state.parse(JSON.parse(readFileSync(join(dataDir, STATE_FILE), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function stateWrite(dataDir: string, next: State): void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, STATE_FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(next, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** What `doctor` says of it: wrong where one is past its time, or nobody has looked for two days. */
export function advisoriesSeen(dataDir: string, now: Date): { good: boolean; detail: string } {
  const last = stateRead(dataDir);
  if (!last) return { good: false, detail: 'nobody has looked up what is known against the components' };
  const lines = standing(last, now);
  const late = lines.filter(({ overdue }) => overdue);
  if (late.length > 0) return { good: false, detail: late.map(({ line }) => line).join('; ') };
  const looked = `looked up ${last.looked_at.toISOString().slice(0, 16)}Z`;
  if (addMs(last.looked_at, LOOK_HOURS * HOUR_MS) <= now)
    return { good: false, detail: `${looked}, more than ${LOOK_HOURS} hours ago` };
  return { good: true, detail: `${looked}: ${lines.length === 0 ? 'nothing' : `${lines.length} in time`}` };
}
