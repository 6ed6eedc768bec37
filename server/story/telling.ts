import { wallClock } from '#kernel/time.ts';

/** The world did something other than the story says. */
export class Deviation extends Error {}

export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Deviation(what);
}

/** A clause of the agreement, as a line of a story cites it. */
export interface Cited {
  id: string;
  version: string;
}

export interface Telling {
  act(at: Date, what: string, clause?: Cited | null): void;
  chapter(title: string): void;
}

/** Prints each act with its time in the brand's zone and the clause that it rests on. */
export function tellTo(print: (line: string) => void, zone: string): Telling {
  return {
    chapter: (title) => print(`\n${title}`),
    act: (at, what, clause) =>
      print(`  ${wallClock(at, zone)}  ${what}${clause ? `  [§${clause.id}, ${clause.version}]` : ''}`),
  };
}

const LONGEST_FACT = 60;

/** What an entry of the audit log knows, as the end of a line. */
export function factsInWords(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .map(([name, value]) => {
      const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
      return ` ${name}=${text.length > LONGEST_FACT ? `${text.slice(0, LONGEST_FACT)}…` : text}`;
    })
    .join('');
}
