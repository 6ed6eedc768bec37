import { addDays, naturalDay, nextMidnight } from '#kernel/time.ts';
import type { Parameters } from '#modules/figures/index.ts';

/** When a revision holds, and what it asks of those who accepted an older version. Pure. */

type RevisionRule = Parameters['revision'];

const DAY_MS = 86_400_000;

/** The first instant of a natural day ("2026-08-01") of a zone. */
export function dayBegins(day: string, zone: string): Date {
  let instant = new Date(Date.parse(`${day}T00:00:00Z`) - 2 * DAY_MS);
  while (naturalDay(instant, zone) < day) instant = nextMidnight(instant, zone);
  return instant;
}

/**
 * From when a revision holds: at once or so many natural days after its announcement, as the version that it takes
 * the place of says (亚云 11); never before the day that it is dated, never before one that was announced earlier.
 * Terms that don't speak of revisions bind nobody to one: it holds for those who accept it, from its announcement on.
 */
export function effectOf(revision: {
  rule: RevisionRule;
  announcedAt: Date;
  datedOn: string;
  notBefore: Date | null;
  zone: string;
}): Date {
  const { rule, announcedAt, datedOn, notBefore, zone } = revision;
  const days = rule?.effect === 'after-notice' ? rule.notice_days : 0;
  const earliest = [days === 0 ? announcedAt : addDays(announcedAt, days, zone), dayBegins(datedOn, zone)];
  if (notBefore) earliest.push(notBefore);
  return new Date(Math.max(...earliest.map((instant) => instant.getTime())));
}

/** Why a version may not be loaded after others, in words; null when it may. `newest`: the greatest date loaded. */
export function datedWrong(version: string, newest: string, today: string): string | null {
  if (version < newest) return `dated before version ${newest}, which was published already`;
  if (version < today) return `dated in the past: a revision can't hold before today, ${today}`;
  return null;
}

/** How a customer comes under a revision: by saying so, or by going on (蓝天云 6.2, 七牛云 3.1.1, 云服务器 S8). */
export function askedBy(rule: RevisionRule): 'accept' | 'use' {
  return rule?.continued_use === 'accepts' ? 'use' : 'accept';
}

/**
 * When the services of somebody who disagrees end: so many natural days after it said so, but not before the
 * revision holds. Until then it may take that back, and copy its data out.
 */
export function disagreementEnds(
  rule: NonNullable<RevisionRule>,
  at: Date,
  effectiveAt: Date,
  zone: string,
): Date {
  const end = addDays(at, rule.end_days ?? 0, zone);
  return end > effectiveAt ? end : effectiveAt;
}
