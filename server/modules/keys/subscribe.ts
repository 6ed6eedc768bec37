import type { Bus } from '#kernel/events.ts';
import '#modules/members/index.ts';
import { keysRevokeOf } from './key-revoke.ts';

/** Who is no member any more takes the keys along, for good: whoever is asked in again makes others. */
export function subscribe(bus: Bus): void {
  bus.on('member.gone', (tx, ctx, { customerId, userId }) => keysRevokeOf(tx, ctx, { customerId, userId }));
}
