import type { Selectable } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { isWithin } from './name.ts';
import { problem } from './rules.ts';
import type { ClaimTable } from './tables.ts';
import './tables.ts';

export type Claim = Selectable<ClaimTable>;

export function claimList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; before?: string | undefined },
): Promise<Claim[]> {
  return db
    .selectFrom('domains_claim')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** A customer's own that still counts. Throws 404. */
export async function claimOwn(db: Db | Tx, of: { id: string; customerId: string }): Promise<Claim> {
  const claim = await db
    .selectFrom('domains_claim')
    .selectAll()
    .where('id', '=', of.id)
    .where('customer_id', '=', of.customerId)
    .where('state', 'in', ['asked', 'proven'])
    .executeTakeFirst();
  if (!claim) throw common['not-found']();
  return claim;
}

/** Whose it was shown to be, at this brand. */
export function claimHolder(db: Db | Tx, brand: string, domain: string): Promise<Claim | undefined> {
  return db
    .selectFrom('domains_claim')
    .selectAll()
    .where('brand', '=', brand)
    .where('domain', '=', domain)
    .where('state', '=', 'proven')
    .executeTakeFirst();
}

/** Throws `domain-not-proven` unless the customer showed that it, or a domain above it, is theirs. */
export async function requireDomain(db: Db | Tx, customerId: string, domain: string): Promise<void> {
  const proven = await provenOf(db, customerId);
  if (!proven.some((own) => isWithin(domain, own))) throw problem['domain-not-proven']({ domain });
}

export async function provenOf(db: Db | Tx, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('domains_claim')
    .select('domain')
    .where('customer_id', '=', customerId)
    .where('state', '=', 'proven')
    .execute();
  return rows.map(({ domain }) => domain);
}
