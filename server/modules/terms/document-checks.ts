import { meant } from '#kernel/nearest.ts';
import { type Parameters, periodsSold } from '#modules/figures/index.ts';

/** Where an agreement contradicts itself: what its figures and clauses say of each other. Pure. */

export interface Contradiction {
  path: (string | number)[];
  message: string;
}

interface Clause {
  id: string;
  kind: string;
  parameter?: string | undefined;
  code?: string | undefined;
}

/** The days of the shortest month: a period of so many months is never shorter. */
const SHORTEST_MONTH = 28;

export function contradictions(parameters: Parameters, clauses: readonly Clause[]): Contradiction[] {
  return [...remindersWrong(parameters), ...revisionWrong(parameters), ...clausesWrong(parameters, clauses)];
}

function remindersWrong(parameters: Parameters): Contradiction[] {
  const { reminders, expiry } = parameters;
  if (!reminders) return [];
  const path = ['parameters', 'reminders', 'days_before'];
  if (!expiry) return [{ path, message: 'there is no expiry to remind of' }];
  const months = Math.min(...periodsSold(parameters));
  const [first = 0] = reminders.days_before;
  if (first < months * SHORTEST_MONTH) return [];
  const most = months * SHORTEST_MONTH - 1;
  const message = `what is bought for ${months} month(s) would be reminded before it begins; at most ${most} days`;
  return [{ path, message }];
}

function revisionWrong({ revision, retention }: Parameters): Contradiction[] {
  if (!revision) return [];
  const wrong = (key: string, message: string) => ({ path: ['parameters', 'revision', key], message });
  const found: Contradiction[] = [];
  if (revision.effect === 'on-publication' && revision.notice_days > 0)
    found.push(wrong('notice_days', 'what holds on publication has no days of notice; write after-notice'));
  if (revision.effect === 'after-notice' && revision.notice_days === 0)
    found.push(wrong('notice_days', 'after notice needs a day at least; write on-publication'));
  if (revision.end_days !== undefined && !revision.on_disagree)
    found.push(wrong('end_days', 'on_disagree is missing: nothing ends for those who disagree'));
  if (revision.on_disagree?.includes('data-download') && !retention)
    found.push(
      wrong('on_disagree', 'data to download is promised, and there is no retention to keep it for'),
    );
  return found;
}

/** What the software does by itself, or refuses, rests on a figure or says which code does it. */
function clausesWrong(parameters: Parameters, clauses: readonly Clause[]): Contradiction[] {
  const names = Object.keys(parameters);
  const cited = new Set(clausesNamed(parameters));
  return clauses.flatMap(({ id, kind, parameter, code }, i) => {
    const path = ['clauses', i];
    if (parameter !== undefined && !names.includes(parameter)) {
      const message = `there is no parameter ${parameter}${meant(parameter, names)}`;
      return [{ path: [...path, 'parameter'], message }];
    }
    const acts = kind === 'automated' || kind === 'gate';
    if (!acts || cited.has(id) || parameter !== undefined || code !== undefined) return [];
    const message = `clause ${id} is ${kind}, but no parameter names it and it names no parameter or code`;
    return [{ path: [...path, 'kind'], message }];
  });
}

/** All clauses that figures name: keys `clause`, `…_clause`, and lists of reasons. */
function clausesNamed(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return /(^|_)clause$/.test(key) || key === 'reasons' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((member) => clausesNamed(member, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => clausesNamed(inner, name));
}
