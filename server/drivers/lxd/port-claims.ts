import { HypervisorError } from '#modules/compute/driver.ts';

/**
 * LXD and Incus give a listener that is taken to a second instance without a word, and the first loses its
 * traffic. The allocation in the database is what prevents that; this is the second lock: a listener that another
 * instance of the node has, or that is just being given to one by this process, is a `conflict`.
 */
export class PortClaims {
  readonly #pending = new Map<string, string>();

  /**
   * Runs `apply` with the listeners claimed for `name`.
   * @param taken reads who has which listener on the node now
   */
  async hold<T>(
    name: string,
    listeners: string[],
    taken: () => Promise<Map<string, string>>,
    apply: () => Promise<T>,
  ): Promise<T> {
    const claimed: string[] = [];
    try {
      for (const listener of listeners) {
        this.#check(name, listener, this.#pending.get(listener));
        if (this.#pending.has(listener)) continue;
        this.#pending.set(listener, name);
        claimed.push(listener);
      }
      const holders = listeners.length > 0 ? await taken() : new Map<string, string>();
      for (const listener of listeners) this.#check(name, listener, holders.get(listener));
      return await apply();
    } finally {
      for (const listener of claimed) this.#pending.delete(listener);
    }
  }

  #check(name: string, listener: string, holder: string | undefined): void {
    if (holder !== undefined && holder !== name) {
      throw new HypervisorError('conflict', `${listener} for ${name} is already mapped to ${holder}`);
    }
  }
}
