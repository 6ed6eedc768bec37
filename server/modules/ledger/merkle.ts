import { chainRoot } from '#kernel/merkle.ts';

/** The root of a day, as the room's README lays it down. */

export interface DayHead {
  brand: string;
  /** "2026-03-02" */
  day: string;
  /** The instant at which it ended, ISO 8601 in UTC with milliseconds. */
  endsAt: string;
  entries: number;
  merkleRoot: Uint8Array;
  /** Root of the brand's day before it, 32 zero bytes for the first. */
  previous: Uint8Array;
}

export function dayRoot({ brand, day, endsAt, entries, merkleRoot, previous }: DayHead): Buffer {
  const fields = ['cloudpact-ledger-1', brand, day, endsAt, String(entries)];
  return chainRoot({ fields, merkleRoot, previous });
}
