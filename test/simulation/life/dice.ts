import { chance } from '../../faults/support/processes.ts';

/** All that is left to chance in a simulated life; the same for the same seed. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = chance(seed);
    // Seeds that are neighbours begin alike.
    for (let i = 0; i < 20; i++) this.#next();
  }

  /** True with this probability. */
  is(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from `least` up to and with `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.whole(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** One of these by their weights; null when none has any. */
  weighed<T extends { weight: number }>(list: readonly T[]): T | null {
    const sum = list.reduce((total, { weight }) => total + weight, 0);
    let at = this.#next() * sum;
    for (const one of list) {
      at -= one.weight;
      if (one.weight > 0 && at < 0) return one;
    }
    return null;
  }
}
