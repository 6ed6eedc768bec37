/** The only file that reads the machine's clock. Edges hold a Clock; verbs get `ctx.now`. */

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** The clock of a world or a test: it stands, or ticks from where it was put, and jumps forward when told to. It never goes back. */
export class WorldClock implements Clock {
  #set: Date;
  #since: number | null;

  constructor(start: Date, options: { ticking: boolean }) {
    this.#set = start;
    this.#since = options.ticking ? performance.now() : null;
  }

  now(): Date {
    const elapsed = this.#since === null ? 0 : Math.floor(performance.now() - this.#since);
    return new Date(this.#set.getTime() + elapsed);
  }

  /** Jumps to a later instant; an earlier one changes nothing. */
  moveTo(instant: Date): void {
    if (instant <= this.now()) return;
    this.#set = new Date(instant);
    if (this.#since !== null) this.#since = performance.now();
  }
}
