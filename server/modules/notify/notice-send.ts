import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { fill, type Locale } from '#kernel/text.ts';
import './tables.ts';
import { type NoticeKind, TEMPLATES } from './templates.ts';

export interface NoticeRequest {
  kind: NoticeKind;
  /** One notice for one cause: the same words again give the notice that exists. */
  dedupe: string;
  to: { customerId: string | null; userId: string; email: string; locale: Locale };
  values: Record<string, string | number>;
  /** Holds a code: not shown on the site, and its body goes once it is delivered. */
  secret?: boolean;
}

/** Puts a notice on its way and on record, in the transaction of the act that it tells of. Returns its id. */
export async function noticeSend(tx: Tx, ctx: Ctx, request: NoticeRequest): Promise<string> {
  const template = TEMPLATES[request.kind];
  const { locale } = request.to;
  const values = { ...request.values, brand: ctx.brand.name[locale] };
  const id = newId();
  const dedupe = `${ctx.brand.id}:${request.dedupe}`;
  const placed = await tx
    .insertInto('notify_notice')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: request.to.customerId,
      user_id: request.to.userId,
      kind: request.kind,
      dedupe,
      channel: 'email',
      address: request.to.email,
      locale,
      subject: fill(template.subject[locale], values),
      body: fill(template.body[locale], values),
      secret: request.secret ?? false,
      state: 'queued',
      created_at: ctx.now,
      sent_at: null,
    })
    .onConflict((conflict) => conflict.column('dedupe').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) {
    return (
      await tx.selectFrom('notify_notice').select('id').where('dedupe', '=', dedupe).executeTakeFirstOrThrow()
    ).id;
  }
  await enqueue(tx, 'notify.deliver', { notice: id }, { maxAttempts: 12 });
  return id;
}
