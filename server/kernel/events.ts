import type { Ctx } from './ctx.ts';
import type { Tx } from './db.ts';

/**
 * Events point up: a lower room says what happened, rooms above listen. Handlers run inside the
 * emitter's transaction, in the order of the rooms: a handler that throws undoes the whole act.
 * Rooms add their events by `declare module '#kernel/events.ts' { interface Events { … } }`.
 */

// biome-ignore lint/suspicious/noEmptyInterface: rooms extend it
export interface Events {}

export type Handler<K extends keyof Events> = (tx: Tx, ctx: Ctx, event: Events[K]) => Promise<void>;

export class Bus {
  readonly #handlers = new Map<keyof Events, Handler<keyof Events>[]>();

  on<K extends keyof Events>(name: K, handler: Handler<K>): void {
    const list = this.#handlers.get(name) ?? [];
    list.push(handler as Handler<keyof Events>);
    this.#handlers.set(name, list);
  }

  async emit<K extends keyof Events>(tx: Tx, ctx: Ctx, name: K, event: Events[K]): Promise<void> {
    for (const handler of this.#handlers.get(name) ?? []) await handler(tx, ctx, event);
  }
}
