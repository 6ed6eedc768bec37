import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { ContractTable } from './tables.ts';
import './tables.ts';

export const contractShown = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  order_number: z.string(),
  party: z.string(),
  amount: amountOut,
  terms_version: z.string(),
  state: z.enum(['requested', 'approved', 'refused', 'sealed']),
  reason: z.string().nullable(),
  requested_at: instant,
  sealed_at: instant.nullable(),
  /** Of the sealed file. */
  sha256: z.string().nullable(),
  /** SHA-256 of the certificate that it was sealed with. */
  certificate: z.string().nullable(),
});

export function contractList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    id?: string | undefined;
    before?: string | undefined;
    state?: ContractTable['state'] | undefined;
  },
) {
  return db
    .selectFrom('documents_contract')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('id', '=', filter.id!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function shownContract(row: Selectable<ContractTable>): z.infer<typeof contractShown> {
  const { id, number, customer_id, state, reason, sha256, certificate, facts } = row;
  return {
    ...{ id, number, customer_id, state, reason, sha256, certificate },
    order_number: facts.order.number,
    party: facts.customer.name,
    amount: formatYuan(BigInt(facts.order.amount)),
    terms_version: facts.terms.version,
    requested_at: row.requested_at.toISOString(),
    sealed_at: row.sealed_at?.toISOString() ?? null,
  };
}
