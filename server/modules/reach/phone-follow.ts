import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Bus } from '#kernel/events.ts';
import { newId } from '#kernel/ids.ts';
import '#modules/federation/index.ts';
import { contactForget, contactLock } from './contact-ask.ts';
import '#modules/members/index.ts';
import './contact-set.ts';
import { responsibleEnd } from './responsible.ts';
import './tables.ts';

/** A number that signs somebody in was verified: it is where they are reached too, as long as it is theirs. */
export function subscribe(bus: Bus): void {
  bus.on('user.phone-set', async (tx, ctx, event) => {
    const { customerId, userId, digest, shown } = event;
    await contactLock(tx, customerId);
    if (await isCurrent(tx, customerId, digest)) return;
    await contactForget(tx, ctx, customerId, 'phone', 'current');
    const id = newId();
    await tx
      .insertInto('identity_contact')
      .values({
        id,
        brand: ctx.brand.id,
        customer_id: customerId,
        user_id: userId,
        kind: 'phone',
        sealed: event.seal(`contact:${id}`),
        digest,
        shown,
        state: 'current',
        stated_at: ctx.now,
        verified_at: ctx.now,
        gone_at: null,
        invalid_at: null,
      })
      .execute();
    await ctx.bus.emit(tx, ctx, 'contact.set', { customerId, userId, kind: 'phone', shown, before: null });
  });
  // Who belongs to an account no more answers for nothing of it.
  bus.on('member.gone', async (tx, ctx, { customerId, userId }) => {
    await responsibleEnd(tx, ctx, { customerId, userId });
  });
  bus.on('user.phone-unset', async (tx, ctx, { customerId, digest, why }) => {
    if (customerId === null || why === 'owner') return;
    await contactLock(tx, customerId);
    await forgetDigest(tx, ctx, customerId, digest);
  });
}

async function isCurrent(tx: Tx, customerId: string, digest: string): Promise<boolean> {
  const row = await tx
    .selectFrom('identity_contact')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'phone')
    .where('state', '=', 'current')
    .where('digest', '=', digest)
    .where('invalid_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** What is told to the customer from now on isn't told to whoever has its number now. */
async function forgetDigest(tx: Tx, ctx: Ctx, customerId: string, digest: string): Promise<void> {
  await tx
    .updateTable('identity_contact')
    .set({ state: 'gone', gone_at: ctx.now, sealed: null })
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'phone')
    .where('digest', '=', digest)
    .where('state', 'in', ['asked', 'current'])
    .execute();
}
