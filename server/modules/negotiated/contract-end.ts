import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { layerEnd } from '#modules/terms/index.ts';
import { tell } from './contract-agree.ts';
import { type Contract, contractLock } from './contract-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

export const END_ACT = 'service-contract.end';

/** Asks for the end of a contract before its day; a second member of the staff grants it. Throws `service-contract-over`. */
export async function contractEndAsk(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; reason: string },
): Promise<string> {
  const contract = await contractLock(tx, ctx, input.id);
  if (contract.state !== 'agreed') throw problem['service-contract-over']();
  return approvalRequest(tx, ctx, {
    act: END_ACT,
    area: 'terms',
    subject: { kind: 'service-contract', id: contract.id },
    customerId: contract.customer_id,
    payload: { number: contract.number },
    reason: input.reason,
  });
}

/** It was granted: from now on neither the contract nor its attachments hold; they stay on record. */
export async function contractEnd(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const contract = await contractLock(tx, ctx, input.id);
  if (contract.state !== 'agreed') throw problem['service-contract-over']();
  const attachments = await tx
    .selectFrom('negotiated_contract')
    .selectAll()
    .where('parent_id', '=', contract.id)
    .where('state', 'in', ['waiting', 'agreed'])
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const row of [contract, ...attachments]) await end(tx, ctx, row, input.reason);
}

async function end(tx: Tx, ctx: Ctx, row: Contract, reason: string): Promise<void> {
  const agreed = row.layer_id !== null;
  await tx
    .updateTable('negotiated_contract')
    .set(
      agreed
        ? { state: 'ended', ended_at: ctx.now, end_reason: reason }
        : { state: 'refused', decided_at: ctx.now },
    )
    .where('id', '=', row.id)
    .execute();
  if (row.layer_id === null) return;
  await layerEnd(tx, ctx, row.layer_id);
  await tell(tx, ctx, row, 'ended', reason);
}
