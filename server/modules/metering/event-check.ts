import type { KnownMeter } from './meter-read.ts';
import { LATE_DAYS, type QuarantineReason, SKEW_MS } from './rules.ts';

/**
 * CloudEvents 1.0 in JSON, checked by hand: this is the hot path, thirty thousand a second go through it.
 * What is wrong with an event's form refuses the batch; what can't be attributed now puts the event aside.
 */

export interface Fault {
  field: string;
  message: string;
}

export interface Aside {
  /** Place in the batch. */
  index: number;
  event: UsageEvent;
  reason: QuarantineReason;
}

/** A usage event as CloudEvents names its parts; `time` and `subject` are required here. */
export interface UsageEvent {
  id: string;
  source: string;
  type: string;
  subject: string;
  /** RFC 3339. */
  time: string;
  /** Quantities are whole numbers ≥ 0 of base units: JSON integers, or strings where those aren't exact. */
  data: Record<string, unknown>;
}

/** Columns of what is to be written: one row for each meter that an event feeds. */
export class Columns {
  readonly index: number[] = [];
  readonly id: string[] = [];
  readonly source: string[] = [];
  readonly meter: number[] = [];
  readonly subject: string[] = [];
  readonly at: number[] = [];
  readonly value: string[] = [];
  readonly key: (string | null)[] = [];
  /** Some event feeds more than one meter. */
  several = false;
}

export interface Checked {
  columns: Columns;
  aside: Aside[];
  faults: Fault[];
}

const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Printable, well-formed, no longer than a line: what a database and a person can read back. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffe\uffff]{1,200}$/u;
const WHOLE = /^\d{1,18}$/;
const FAULTS_SHOWN = 100;
const DAY_MS = 86_400_000;

/** Checks a batch against the brand's meters at `now` (milliseconds). `any`: time doesn't put aside (staff released it). */
export function checkEvents(
  events: readonly unknown[],
  meters: KnownMeter[],
  now: number,
  any = false,
): Checked {
  const byType = new Map<string, KnownMeter[]>();
  for (const meter of meters) {
    const same = byType.get(meter.meter.event);
    if (same) same.push(meter);
    else byType.set(meter.meter.event, [meter]);
  }
  const columns = new Columns();
  const aside: Aside[] = [];
  const faults: Fault[] = [];
  const oldest = now - LATE_DAYS * DAY_MS;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    const wrong = formFault(event);
    if (wrong) {
      if (faults.length < FAULTS_SHOWN)
        faults.push({ field: `${index}.${wrong.field}`, message: wrong.message });
      continue;
    }
    const good = event as UsageEvent;
    const at = Date.parse(good.time);
    if (at > now + SKEW_MS) aside.push({ index, event: good, reason: 'future' });
    else if (at < oldest && !any) aside.push({ index, event: good, reason: 'too-old' });
    else {
      const fault = feed(columns, byType.get(good.type), good, index, at);
      if (fault === 'none') aside.push({ index, event: good, reason: 'unknown-meter' });
      else if (fault && faults.length < FAULTS_SHOWN)
        faults.push({ field: `${index}.${fault.field}`, message: fault.message });
    }
  }
  return { columns, aside, faults };
}

function formFault(event: unknown): Fault | null {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    return { field: 'event', message: 'not an object' };
  const { specversion, id, source, type, subject, time, data } = event as Record<string, unknown>;
  if (specversion !== '1.0') return { field: 'specversion', message: 'must be 1.0' };
  if (typeof id !== 'string' || !LINE.test(id))
    return { field: 'id', message: 'missing, or not a line of text' };
  if (typeof source !== 'string' || !LINE.test(source))
    return { field: 'source', message: 'missing, or not a line of text' };
  if (typeof type !== 'string' || !LINE.test(type))
    return { field: 'type', message: 'missing, or not a line of text' };
  if (typeof subject !== 'string' || !LINE.test(subject))
    return { field: 'subject', message: 'missing, or not a line of text' };
  if (typeof time !== 'string' || !TIME.test(time) || Number.isNaN(Date.parse(time)))
    return { field: 'time', message: 'missing, or not an RFC 3339 instant' };
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return { field: 'data', message: 'missing, or not an object' };
  return null;
}

/** Adds a row for each meter that the event feeds; 'none' when there isn't one. */
function feed(
  columns: Columns,
  meters: KnownMeter[] | undefined,
  event: UsageEvent,
  index: number,
  at: number,
): Fault | 'none' | null {
  let rows = 0;
  for (const { no, meter } of meters ?? []) {
    if (meter.where && !matches(meter.where, event.data)) continue;
    const given = Object.hasOwn(event.data, meter.value) ? event.data[meter.value] : undefined;
    const unique = meter.kind === 'unique';
    const value = unique ? '0' : wholeOf(given);
    if (value === null || (unique && (typeof given !== 'string' || !LINE.test(given)))) {
      const wanted = unique ? 'a line of text' : 'a whole number that is not negative';
      return { field: `data.${meter.value}`, message: `missing, or not ${wanted}` };
    }
    columns.index.push(index);
    columns.id.push(event.id);
    columns.source.push(event.source);
    columns.meter.push(no);
    columns.subject.push(event.subject);
    columns.at.push(at);
    columns.value.push(value);
    columns.key.push(unique ? (given as string) : null);
    rows++;
  }
  if (rows > 1) columns.several = true;
  return rows === 0 ? 'none' : null;
}

function matches(where: Record<string, string>, data: Record<string, unknown>): boolean {
  for (const name in where) {
    if (!Object.hasOwn(data, name) || data[name] !== where[name]) return false;
  }
  return true;
}

function wholeOf(given: unknown): string | null {
  if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? String(given) : null;
  return typeof given === 'string' && WHOLE.test(given) ? given : null;
}
