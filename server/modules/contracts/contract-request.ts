import type { Insertable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { orderOrigin } from '#modules/billing/index.ts';
import { documentsOffered, notOffered, titleOf } from '#modules/documents/index.ts';
import { gateEnter } from '#modules/gates/index.ts';
import { invoiceList, numberTake, sellerFacts } from '#modules/invoicing/index.ts';
import { acceptanceAt } from '#modules/terms/index.ts';
import { problem } from './rules.ts';
import type { ContractFacts, ContractTable } from './tables.ts';
import './tables.ts';

/**
 * Asks for a contract of a paid order. Its terms are those that were accepted when the service was bought. Throws
 * `documents-not-offered`, `contract-exists`, `not-found`.
 */
export async function contractRequest(
  tx: Tx,
  ctx: Ctx,
  request: { customerId: string; invoiceId: string; titleId: string },
): Promise<string> {
  const { customerId, invoiceId } = request;
  const clause = await documentsOffered(tx, customerId, 'contract');
  await gateEnter(tx, ctx, { customerId, act: 'contract' });
  const [invoice] = await invoiceList(tx, ctx.brand.id, { customerId, id: invoiceId });
  if (!invoice?.order_id) throw kernelProblem['not-found']();
  const title = await titleOf(tx, customerId, request.titleId);
  const agreed = await acceptanceAt(
    tx,
    customerId,
    invoice.order_number === null ? invoice.issued_at : await orderOrigin(tx, invoice.order_id),
  );
  if (!agreed) throw notOffered();
  const { version } = agreed.terms;
  const facts: ContractFacts = {
    seller: sellerFacts(ctx.brand),
    customer: { name: title.name, tax_number: title.tax_number, address: title.address, phone: title.phone },
    order: {
      // Prepaid quota is bought without an order.
      number: invoice.order_number ?? invoice.number,
      lines: invoice.lines.map(({ text, amount }) => ({ text, amount })),
      amount: String(invoice.amount_micro),
      tax: String(invoice.tax_micro),
      period_start: invoice.period_start.toISOString(),
      period_end: invoice.period_end.toISOString(),
      paid_at: invoice.issued_at.toISOString(),
    },
    terms: { version: version.version, sha256: version.sha256, accepted_at: agreed.at.toISOString() },
  };
  const id = newId();
  const { series, sequence } = await numberTake(tx, ctx, 'HT');
  const number = await insert(tx, {
    id,
    brand: ctx.brand.id,
    series,
    sequence,
    customer_id: customerId,
    invoice_id: invoiceId,
    acceptance_id: agreed.terms.acceptanceId,
    facts: JSON.stringify(facts),
    state: 'requested',
    requested_at: ctx.now,
  });
  await auditRecord(tx, ctx, {
    action: 'contract.requested',
    subject: { kind: 'contract', id },
    customerId,
    clause,
    facts: { number, order: facts.order.number, terms: version.version },
  });
  if (ctx.brand.contracts !== 'after-approval') {
    await enqueue(tx, 'contracts.seal', { id }, { key: `contract:${id}` });
  }
  return id;
}

async function insert(tx: Tx, values: Insertable<ContractTable>): Promise<string> {
  try {
    const { number } = await tx
      .insertInto('documents_contract')
      .values(values)
      .returning('number')
      .executeTakeFirstOrThrow();
    return number;
  } catch (error) {
    if (violated(error) !== 'documents_contract_once') throw error;
    throw problem['contract-exists']();
  }
}
