import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customersByIds, customersOfUser } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import './tables.ts';

/** Offers go to those who agreed to them, and to nobody else. Returns to how many. */
export async function offerSend(
  tx: Tx,
  ctx: Ctx,
  offer: { id: string; title: LocalizedText; text: LocalizedText },
): Promise<number> {
  const agreeing = await tx
    .selectFrom('privacy_consent')
    .select('user_id')
    .where('purpose', '=', 'marketing')
    .where('withdrawn_at', 'is', null)
    .execute();
  const users = new Set(agreeing.map(({ user_id }) => user_id));
  const customers = (await customersOfOwners(tx, [...users])).filter(
    (each) => each.brand === ctx.brand.id && users.has(each.user_id),
  );
  await noticeSendAll(
    tx,
    ctx,
    customers.map(({ id, user_id, email, locale }) => ({
      kind: 'offer' as const,
      dedupe: `offer:${offer.id}:${user_id}`,
      to: { customerId: id, userId: user_id, email, locale },
      values: { title: offer.title[locale], text: offer.text[locale] },
    })),
  );
  await auditRecord(tx, ctx, {
    action: 'privacy.offer-sent',
    subject: { kind: 'offer', id: offer.id },
    customerId: null,
    facts: { title: offer.title.zh, told: customers.length },
  });
  return customers.length;
}

async function customersOfOwners(tx: Tx, userIds: string[]) {
  const ids: string[] = [];
  for (const userId of userIds) {
    const [own] = await customersOfUser(tx, userId);
    if (own?.role === 'owner') ids.push(own.customer_id);
  }
  return customersByIds(tx, ids);
}
