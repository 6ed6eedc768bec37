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
