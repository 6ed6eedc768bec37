import { asSystem, type House } from '#kernel/house.ts';
import { printPaper } from '#kernel/paper.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { documentsClause, fileKeep } from '#modules/documents/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import { contractPaper } from './contract-paper.ts';
import '#kernel/paper-signer.ts';
import './tables.ts';

/** Writes, signs and files a contract; a job. What was sealed, or refused in between, is left alone. */
export async function contractSeal(house: House, id: string): Promise<void> {
  const contract = await house.db
    .selectFrom('documents_contract')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const waits = house.brands.get(contract.brand).contracts === 'after-approval';
  if (contract.state !== 'approved' && (contract.state !== 'requested' || waits)) return;
  const { version } = await termsAccepted(house.db, contract.acceptance_id);
  const sealedAt = house.clock.now();
  const { number, facts } = contract;
  const paper = contractPaper({ number, facts, sealedAt }, version.document);
  const { signer } = house.ports;
  const { fingerprint } = await signer.identity();
  const bytes = await signer.sign(await printPaper(paper), sealedAt);
  await asSystem(house, contract.brand, 'contracts', async (tx, ctx) => {
    const file = await fileKeep(tx, ctx, { customerId: contract.customer_id, bytes });
    const { sha256 } = file;
    const sealed = await tx
      .updateTable('documents_contract')
      .set({
        state: 'sealed',
        sealed_at: sealedAt,
        file_id: file.id,
        sha256,
        certificate: fingerprint,
      })
      .where('id', '=', id)
      .where('state', '=', contract.state)
      .executeTakeFirst();
    if (sealed.numUpdatedRows === 0n) throw new Error(`contract ${number} moved on while it was signed`);
    const clause = await documentsClause(tx, contract.customer_id);
    const { user_id: userId, email, locale } = await customerRead(tx, contract.customer_id);
    const values = { number, order: facts.order.number, clause: clause?.clause ?? '—' };
    const to = { customerId: contract.customer_id, userId, email, locale };
    const notice = await noticeSend(tx, ctx, {
      kind: 'contract-sealed',
      dedupe: `contract:${id}`,
      to,
      values,
    });
    await auditRecord(tx, ctx, {
      action: 'contract.sealed',
      subject: { kind: 'contract', id },
      customerId: contract.customer_id,
      ...(clause ? { clause } : {}),
      facts: { number, sha256, certificate: fingerprint },
      notices: [notice],
    });
  });
}
