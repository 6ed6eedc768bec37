import { distance } from 'fastest-levenshtein';

/** The word that was probably meant: the only nearest one, no further off than a third of its letters; null otherwise. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const near = [...known]
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, off }) => off <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.off - b.off);
  const [first, second] = near;
  return first && first.off !== second?.off ? first.candidate : null;
}

/** For the end of a message: `, did you mean X?`, or nothing where no word is near. */
export function meant(word: string, known: Iterable<string>): string {
  const found = nearest(word, known);
  return found === null ? '' : `; did you mean ${found}?`;
}
