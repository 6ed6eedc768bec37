import { HypervisorError } from '#modules/compute/driver.ts';

/**
 * LXD and Incus give a listener that is taken to a second instance without a word, and the first loses its
 * traffic. The allocation in the database is what prevents that; this is the second lock: a listener that another
 * instance of the node has, or that is just being given to one by this process, is a `conflict`.
 */
export class PortClaims {
  readonly #pending = new Map<string, string>();

  /** Runs `apply` with the listeners claimed for `name`, so that of two at once one goes ahead. */
  async hold<T>(name: string, listeners: string[], apply: () => Promise<T>): Promise<T> {
    this.check(name, listeners, this.#pending);
    const claimed = listeners.filter((listener) => !this.#pending.has(listener));
    for (const listener of claimed) this.#pending.set(listener, name);
    try {
      return await apply();
    } finally {
      for (const listener of claimed) this.#pending.delete(listener);
    }
  }

  check(name: string, listeners: string[], holders: ReadonlyMap<string, string>): void {
    for (const listener of listeners) {
      const holder = holders.get(listener);
      if (holder === undefined || holder === name) continue;
      throw new HypervisorError('conflict', `${listener} for ${name} is already mapped to ${holder}`);
    }
  }
}
