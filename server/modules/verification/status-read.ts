import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { customerFind } from '#modules/identity/index.ts';
import { allowanceOf } from './check-ask.ts';
import { identityOf } from './identity-found.ts';
import './tables.ts';

/** All that is known of who a customer is: results, never names or numbers. */
export async function statusOf(db: Db | Tx, ctx: Ctx, customerId: string) {
  const customer = await customerFind(db, ctx.brand.id, customerId);
  if (!customer) throw problem['not-found']();
  const identity = await identityOf(db, customerId);
  const checks = await db
    .selectFrom('identity_real_name_check')
    .select(['id', 'kind', 'at', 'method', 'state', 'result', 'fee_micro'])
    .where('customer_id', '=', customerId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  const demand = await db
    .selectFrom('verification_demand')
    .select(['reason', 'due_at', 'clause_id'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  const reviews = await reviewList(db, ctx.brand.id, { customerId });
  const consents = await consentList(db, customerId);
  return {
    customer,
    identity,
    checks,
    demand,
    reviews,
    consents,
    allowance: await allowanceOf(db, ctx, customerId),
  };
}

export function reviewList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    state?: 'waiting' | 'passed' | 'failed' | 'withdrawn' | undefined;
    before?: string | undefined;
  },
) {
  return db
    .selectFrom('verification_review')
    .select(['id', 'customer_id', 'kind', 'cause', 'minor', 'state', 'entered_at', 'first_by', 'first_at'])
    .select(['first_pass', 'first_reason', 'decided_at', 'reason'])
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function consentList(db: Db | Tx, customerId: string) {
  return db
    .selectFrom('verification_consent')
    .select(['id', 'number', 'relation', 'state', 'phone_shown', 'asked_at', 'expires_at', 'confirmed_at'])
    .select(['signed_at', 'sha256', 'certificate', 'ended_at', 'end_reason'])
    .where('customer_id', '=', customerId)
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
}

/** The signed paper, as it was signed. Throws 404, also before there is one. */
export async function consentPdf(
  db: Db | Tx,
  sealer: Sealer,
  of: { id: string; customerId?: string; brand: string },
): Promise<{ number: string; bytes: Buffer }> {
  const row = await db
    .selectFrom('verification_consent')
    .select(['number', 'paper_sealed'])
    .where('id', '=', of.id)
    .where('brand', '=', of.brand)
    .$if(of.customerId !== undefined, (q) => q.where('customer_id', '=', of.customerId!))
    .executeTakeFirst();
  if (!row?.paper_sealed) throw problem['not-found']();
  const bytes = Buffer.from(sealer.open(row.paper_sealed, `consent-paper:${of.id}`), 'base64');
  return { number: row.number, bytes };
}

/** Whether a file that somebody shows is one of ours, byte for byte; `certificate` is what it was signed with. */
export async function consentByFile(
  db: Db | Tx,
  file: { pdf: Buffer; certificate: string },
): Promise<{ number: string } | null> {
  const row = await db
    .selectFrom('verification_consent')
    .select('number')
    .where('sha256', '=', createHash('sha256').update(file.pdf).digest('hex'))
    .where('certificate', '=', file.certificate)
    .executeTakeFirst();
  return row ?? null;
}
