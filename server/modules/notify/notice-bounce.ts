import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { mailConclude } from './conclude.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * A mail that a server had taken came back (RFC 3464): it doesn't count as told any more. `dead`: the report says that
 * there is no such mailbox. Throws 404, `notice-not-sent`.
 */
export async function noticeBounce(
  tx: Tx,
  ctx: Ctx,
  given: { noticeId: string; detail: string; dead: boolean },
): Promise<void> {
  const notice = await tx
    .selectFrom('notify_notice')
    .selectAll()
    .where('id', '=', given.noticeId)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!notice) throw kernelProblem['not-found']();
  if (notice.channel !== 'email' || notice.state !== 'sent') throw problem['notice-not-sent']();
  const { next } = await tx
    .selectFrom('notify_attempt')
    .select(sql<number>`coalesce(max(number), 0) + 1`.as('next'))
    .where('notice_id', '=', notice.id)
    .executeTakeFirstOrThrow();
  const { detail, dead } = given;
  await auditRecord(tx, ctx, {
    action: 'notice.bounced',
    subject: { kind: 'notice', id: notice.id },
    customerId: notice.customer_id,
    facts: { dead },
    notices: [notice.id],
  });
  await mailConclude(tx, ctx, notice, { number: next, outcome: 'bounced', detail, dead });
}
