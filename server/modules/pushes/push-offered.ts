import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { catalogueInForce, shown } from '#modules/catalogue/index.ts';
import { customerOfUser, customerRead, userByEmail, userByPhone } from '#modules/identity/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { type Push, pushLock, pushTell } from './push-row.ts';
import './tables.ts';

/** Tells whoever an offer is for, if there is somebody. Nothing that the giver sees depends on it. */
export async function pushOffered(tx: Tx, ctx: Ctx, pushId: string): Promise<void> {
  const push = await pushLock(tx, ctx, pushId);
  const customerId = push && (await addresseeOf(tx, push));
  if (!push || !customerId || customerId === push.from_customer) return;
  const [service] = await servicesByIds(tx, push.brand, [push.service_id]);
  if (!service) return;
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const { locale } = await customerRead(tx, customerId);
  const names = shown(document, service.plan, service.region);
  await pushTell(tx, ctx, customerId, {
    kind: 'push-offered',
    dedupe: `push-offered:${push.id}`,
    values: {
      plan: pick(names.plan, locale),
      region: pick(names.region, locale),
      expires: wallClock(service.period_end, ctx.brand.zone),
      until: wallClock(push.expires_at, ctx.brand.zone),
      clause: push.clause_id,
    },
  });
}

/** Whose verified mailbox or number it is; null where nobody's. */
async function addresseeOf(db: Db | Tx, push: Push): Promise<string | null> {
  if (push.to_email !== null) {
    const user = await userByEmail(db, push.brand, push.to_email);
    return user?.email_verified_at ? user.customer_id : null;
  }
  const userId = await userByPhone(db, push.brand, push.to_phone_digest ?? '');
  return userId && customerOfUser(db, userId);
}
