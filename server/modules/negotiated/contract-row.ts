import type { Insertable, Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { naturalDay } from '#kernel/time.ts';
import type { Term } from './rules.ts';
import type { ContractTable } from './tables.ts';
import './tables.ts';

export type Contract = Selectable<ContractTable>;
export type NewContract = Insertable<ContractTable>;

export function termOf(row: Contract): Term {
  return {
    kind: row.kind,
    serviceId: row.service_id,
    from: row.valid_from,
    to: row.valid_to,
    parameters: Object.keys(row.parameters),
  };
}

/** Locks it; 404 for one of another brand. */
export async function contractLock(tx: Tx, ctx: Ctx, id: string): Promise<Contract> {
  const row = await tx
    .selectFrom('negotiated_contract')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export interface ContractFilter {
  customerId?: string | undefined;
  id?: string | undefined;
  before?: string | undefined;
  /** Only those that were agreed to: what a customer sees. */
  agreed?: boolean;
}

export function contractList(db: Db | Tx, brand: string, filter: ContractFilter): Promise<Contract[]> {
  return db
    .selectFrom('negotiated_contract')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('id', '=', filter.id!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .$if(filter.agreed === true, (q) => q.where('state', 'in', ['agreed', 'ended']))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export async function contractFile(db: Db | Tx, id: string): Promise<Buffer> {
  const { bytes } = await db
    .selectFrom('negotiated_file')
    .select('bytes')
    .where('contract_id', '=', id)
    .executeTakeFirstOrThrow();
  return bytes;
}

/**
 * Whether a contract or attachment with this customer about this very service holds, is to hold, or waits for the second
 * signature: one that is about all services isn't about it.
 */
export async function contractAbout(
  db: Db | Tx,
  ctx: Ctx,
  of: { customerId: string; serviceId: string },
): Promise<boolean> {
  const today = naturalDay(ctx.now, ctx.brand.zone);
  const row = await db
    .selectFrom('negotiated_contract')
    .select('id')
    .where('brand', '=', ctx.brand.id)
    .where('customer_id', '=', of.customerId)
    .where('service_id', '=', of.serviceId)
    .where('state', 'in', ['waiting', 'agreed'])
    .where((e) => e.or([e('valid_to', 'is', null), e('valid_to', '>=', today)]))
    .executeTakeFirst();
  return row !== undefined;
}
