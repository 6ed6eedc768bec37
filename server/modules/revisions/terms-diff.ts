import type { LocalizedText } from '#kernel/text.ts';
import type { TermsDocument } from '#modules/terms/index.ts';

/** What differs between two versions of an agreement, clause by clause, for people to read. Pure. */

export interface Piece {
  as: 'same' | 'gone' | 'new';
  text: string;
}

export interface ClauseChange {
  id: string;
  as: 'new' | 'gone' | 'changed';
  title: LocalizedText;
  /** The clause's text with what went and what came, in each language. */
  text: { zh: Piece[]; en: Piece[] };
  /** Figures that rest on this clause and read otherwise; null where there is none. */
  figures: { name: string; before: string | null; after: string | null }[];
}

type Clause = TermsDocument['clauses'][number];

/** In the order of the newer text; clauses that are gone come last. */
export function documentChanges(before: TermsDocument, after: TermsDocument): ClauseChange[] {
  const was = new Map(before.clauses.map((clause) => [clause.id, clause]));
  const is = new Map(after.clauses.map((clause) => [clause.id, clause]));
  const figures = figureChanges(before, after);
  const ids = [...is.keys(), ...[...was.keys()].filter((id) => !is.has(id))];
  return ids.flatMap((id) => {
    const [old, now] = [was.get(id), is.get(id)];
    const own = figures.get(id) ?? [];
    const reads = (clause: Clause | undefined, locale: 'zh' | 'en') =>
      clause ? `${clause.title[locale]}\n${clause.text[locale]}` : '';
    const same = reads(old, 'zh') === reads(now, 'zh') && reads(old, 'en') === reads(now, 'en');
    if (same && own.length === 0) return [];
    const text = (locale: 'zh' | 'en') => pieces(old?.text[locale] ?? '', now?.text[locale] ?? '');
    return {
      id,
      as: old ? (now ? ('changed' as const) : ('gone' as const)) : ('new' as const),
      title: (now ?? old)!.title,
      text: { zh: text('zh'), en: text('en') },
      figures: own,
    };
  });
}

/** Figures that differ, by the clause that they rest on now, or rested on. */
function figureChanges(before: TermsDocument, after: TermsDocument): Map<string, ClauseChange['figures']> {
  const [was, is] = [flat(before.parameters), flat(after.parameters)];
  const found = new Map<string, ClauseChange['figures']>();
  for (const name of new Set([...is.keys(), ...was.keys()])) {
    const [old, now] = [was.get(name), is.get(name)];
    if (old?.value === now?.value) continue;
    const { clause } = (now ?? old)!;
    const list = found.get(clause) ?? [];
    list.push({ name, before: old?.value ?? null, after: now?.value ?? null });
    found.set(clause, list);
  }
  return found;
}

function flat(parameters: TermsDocument['parameters']): Map<string, { clause: string; value: string }> {
  const found = new Map<string, { clause: string; value: string }>();
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!parameter) continue;
    for (const [key, value] of Object.entries(parameter)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (key !== 'clause') found.set(`${name}.${key}`, { clause: parameter.clause, value: text });
    }
  }
  return found;
}

/** A Chinese character each, a word each, a run of blanks each, anything else one by one. */
const WORDS = /\p{Script=Han}|[\p{L}\p{N}_%./-]+|\s+|./gsu;

/** Beyond so many words times words no common part is looked for: the whole is gone, and the whole is new. */
const COMPARED = 4_000_000;

/** The longest common run of words kept, the rest as gone and new. */
export function pieces(before: string, after: string): Piece[] {
  const [a, b] = [before.match(WORDS) ?? [], after.match(WORDS) ?? []];
  if (a.length * b.length > COMPARED) {
    return [
      { as: 'gone', text: before },
      { as: 'new', text: after },
    ];
  }
  const length = common(a, b);
  const found: Piece[] = [];
  const add = (as: Piece['as'], text: string) => {
    const last = found.at(-1);
    if (last?.as === as) last.text += text;
    else found.push({ as, text });
  };
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', a[i++]!);
      j++;
    } else if (i < a.length && (j === b.length || length[i + 1]![j]! >= length[i]![j + 1]!)) {
      add('gone', a[i++]!);
    } else add('new', b[j++]!);
  }
  return found;
}

/** `[i][j]`: how many words the rests from i and from j have in common, in their order. */
function common(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i]![j] =
        a[i] === b[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
    }
  }
  return length;
}
