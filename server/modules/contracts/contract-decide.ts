import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { documentsClause } from '#modules/documents/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Staff approve a requested contract, or refuse it and say why. Throws `contract-settled` when it has moved on. */
export async function contractDecide(
  tx: Tx,
  ctx: Ctx,
  id: string,
  decision: { approve: true } | { approve: false; reason: string },
): Promise<void> {
  const contract = await tx
    .selectFrom('documents_contract')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!contract) throw kernelProblem['not-found']();
  if (contract.state !== 'requested') throw problem['contract-settled']({}, { state: contract.state });
  const reason = decision.approve ? null : decision.reason;
  await tx
    .updateTable('documents_contract')
    .set({ state: decision.approve ? 'approved' : 'refused', reason, decided_at: ctx.now })
    .where('id', '=', id)
    .execute();
  const clause = await documentsClause(tx, contract.customer_id);
  const notices: string[] = [];
  if (reason === null) await enqueue(tx, 'contracts.seal', { id }, { key: `contract:${id}` });
  else {
    const { user_id: userId, email, locale } = await customerRead(tx, contract.customer_id);
    const values = { order: contract.facts.order.number, reason, clause: clause?.clause ?? '—' };
    const to = { customerId: contract.customer_id, userId, email, locale };
    notices.push(
      await noticeSend(tx, ctx, { kind: 'contract-refused', dedupe: `contract-refused:${id}`, to, values }),
    );
  }
  await auditRecord(tx, ctx, {
    action: decision.approve ? 'contract.approved' : 'contract.refused',
    subject: { kind: 'contract', id },
    customerId: contract.customer_id,
    ...(clause ? { clause } : {}),
    facts: { number: contract.number, ...(reason === null ? {} : { reason }) },
    notices,
  });
}
