import { problems } from '#kernel/problem.ts';
import { type Month, within } from '#modules/outages/rules.ts';

/** Looks further apart than this say nothing of the time between them: nobody knows what was there. */
export const GAP_MS = 3 * 60_000;
/** A node that was seen not to answer for so long is worth a draft: a restart of its daemon takes less. */
export const DRAFT_AFTER_MS = 5 * 60_000;

export const problem = problems({
  'draft-decided': {
    status: 409,
    title: { zh: '这份草稿已经处理', en: 'This draft has been dealt with' },
    remedy: { zh: '请刷新查看结果。', en: 'Reload and look at what came of it.' },
  },
});

/** A stretch without a gap in which every look found the same. */
export interface Spell {
  from: number;
  until: number;
  answers: boolean;
}

export interface Look {
  at: number;
  answers: boolean;
}

/**
 * What a look does to the newest stretch. The time between two looks belongs to what the earlier one found: a failure
 * counts from the look that saw it, and until the look that sees the node answer. `begin` after a gap: the stretch before
 * stays as it ended. `late`: somebody else's look was later.
 */
export function lookedAt(newest: Spell | null, { at, answers }: Look): 'begin' | 'go-on' | 'turn' | 'late' {
  if (!newest || at - newest.until > GAP_MS) return 'begin';
  if (at <= newest.until) return 'late';
  return newest.answers === answers ? 'go-on' : 'turn';
}

export function isWorthADraft({ from, until, answers }: Spell): boolean {
  return !answers && until - from >= DRAFT_AFTER_MS;
}

export interface MonthSeen {
  name: string;
  upMs: number;
  downMs: number;
  /** Of the month, or of its part until now. */
  lengthMs: number;
}

/** What was seen in each month; what wasn't looked at is in neither sum. */
export function monthsSeen(spells: readonly Spell[], months: readonly Month[], until: number): MonthSeen[] {
  return months.map(({ name, span }) => {
    const part = { from: span.from, until: Math.min(span.until, until) };
    const sum = (answers: boolean) =>
      spells
        .filter((spell) => spell.answers === answers)
        .reduce((total, spell) => {
          const seen = within(spell, part);
          return seen ? total + seen.until - seen.from : total;
        }, 0);
    return { name, upMs: sum(true), downMs: sum(false), lengthMs: Math.max(0, part.until - part.from) };
  });
}
