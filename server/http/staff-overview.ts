import { z } from 'zod';
import { mayDo, type StaffRoleArea } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, amountOut, id, instant, line, listOf, page, paged, staffOf } from '#kernel/http.ts';
import { jobList, jobRetry, jobsFailed } from '#kernel/jobs-list.ts';
import { formatYuan } from '#kernel/money.ts';
import { mainlandPhone, phoneDigest } from '#kernel/phone.ts';
import { problem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { nodesTrouble } from '#modules/compute/index.ts';
import { filingsWaiting } from '#modules/gates/index.ts';
import {
  type Customer,
  customerCount,
  customerFind,
  customerList,
  customersByIds,
} from '#modules/identity/index.ts';
import { cashBalances } from '#modules/ledger/index.ts';
import { serviceCounts, servicesByCustomer } from '#modules/lifecycle/index.ts';
import { heldPayments } from '#modules/payments/index.ts';
import { findingsOpen } from '#modules/reconciliation/index.ts';
import { heldReceipts } from '#modules/transfers/index.ts';

const count = z.number().nullable();

/** Null wherever the role may not look. */
const overview = z.object({
  customers: count,
  services: z.record(z.string(), z.number()).nullable(),
  jobs_failed: count,
  payments_held: count,
  /** What the bank received and nobody announced. */
  receipts_held: count,
  /** Where a channel's bill and our books differ. */
  reconciliation_open: count,
  nodes_in_trouble: count,
  /** Filings and permits that wait for somebody to decide. */
  filings_waiting: count,
});

const customer = z.object({
  id,
  /** By what its owner is known: a mailbox, or the ends of a phone. */
  shown: z.string(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  balance: amountOut,
  real_name: z.enum(['none', 'passed']),
  minor: z.boolean(),
  guardian_consent: z.boolean(),
  services: z.number(),
  created_at: instant,
});

const job = z.object({
  id: z.string(),
  name: z.string(),
  attempts: z.number(),
  max_attempts: z.number(),
  last_error: z.string().nullable(),
  run_at: instant,
  failed: z.boolean(),
});

/** The back office's pages that look across rooms. */
export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/overview',
    { config: { access: 'staff', area: 'self' }, schema: { tags: ['staff'], response: { 200: overview } } },
    async ({ ctx }) => {
      const brand = ctx.brand.id;
      const { grant } = staffOf(ctx);
      const seen = async <T>(area: StaffRoleArea, read: () => Promise<T>): Promise<T | null> =>
        mayDo(grant, area, 'read') ? read() : null;
      return {
        customers: await seen('customers', () => customerCount(house.db, brand)),
        services: await seen('services', () => serviceCounts(house.db, brand)),
        jobs_failed: await seen('system', () => jobsFailed(house.db)),
        payments_held: await seen('money', () => heldPayments(house.db, brand)),
        receipts_held: await seen('money', () => heldReceipts(house.db, brand)),
        reconciliation_open: await seen('money', () => findingsOpen(house.db, brand)),
        nodes_in_trouble: await seen('system', () => nodesTrouble(house.db)),
        filings_waiting: await seen('customers', () => filingsWaiting(house.db, brand)),
      };
    },
  );

  app.get(
    '/staff/customers',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ q: line(0, 100).optional() }),
        response: { 200: listOf(customer) },
      },
    },
    async (request) => {
      const { q: query, before } = request.query;
      // A number is looked up whole: what is kept of it is a fingerprint.
      const number = mainlandPhone(query ?? '');
      const phone = number === null ? undefined : phoneDigest(house.sealer, number);
      const rows = await customerList(house.db, request.ctx.brand.id, { query, phone, before });
      return paged(await shownCustomers(house, request.ctx.brand.id, rows), (row) => row.id);
    },
  );

  // A list names its customers by id; this says who they are, so that nobody has to open each.
  app.get(
    '/staff/customers/names',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        querystring: z.object({
          ids: line(1, 4_000)
            .transform((said) => said.split(','))
            .pipe(z.array(id).max(100)),
        }),
        response: { 200: z.object({ items: z.array(customer.pick({ id: true, shown: true })) }) },
      },
    },
    async ({ ctx, query }) => {
      const rows = await customersByIds(house.db, query.ids);
      return { items: rows.filter(({ brand }) => brand === ctx.brand.id) };
    },
  );

  app.get(
    '/staff/customers/:id',
    {
      config: { access: 'staff', area: 'customers' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 200: customer } },
    },
    async (request) => {
      const brand = request.ctx.brand.id;
      const row = await customerFind(house.db, brand, request.params.id);
      if (!row) throw problem['not-found']();
      return (await shownCustomers(house, brand, [row]))[0]!;
    },
  );

  app.get(
    '/staff/jobs',
    {
      config: { access: 'staff', area: 'system' },
      schema: { tags: ['staff'], response: { 200: listOf(job) } },
    },
    async () => ({
      items: await jobList(house.db),
      next: null,
    }),
  );

  app.post(
    '/staff/jobs/:job_id/retry',
    {
      config: { access: 'staff', area: 'system' },
      schema: {
        tags: ['staff'],
        params: z.object({ job_id: z.string().regex(/^\d{1,18}$/) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const found = await act(house, request, async (tx, ctx) => {
        const retried = await jobRetry(tx, request.params.job_id);
        const subject = { kind: 'job', id: request.params.job_id };
        if (retried) await auditRecord(tx, ctx, { action: 'job.retried', subject, customerId: null });
        return retried;
      });
      if (!found) throw problem['not-found']();
      return reply.status(204).send(null);
    },
  );
}

async function shownCustomers(
  house: House,
  brand: string,
  rows: Customer[],
): Promise<z.infer<typeof customer>[]> {
  const ids = rows.map((row) => row.id);
  const balances = await cashBalances(house.db, brand, ids);
  const services = await servicesByCustomer(house.db, brand, ids);
  return rows.map((row) => ({
    id: row.id,
    shown: row.shown,
    email: row.email,
    email_verified: row.email_verified_at !== null,
    balance: formatYuan(balances.get(row.id) ?? 0n),
    real_name: row.real_name_passed_at ? 'passed' : 'none',
    minor: row.minor,
    guardian_consent: row.guardian_consent_at !== null,
    services: services.get(row.id) ?? 0,
    created_at: row.created_at.toISOString(),
  }));
}
