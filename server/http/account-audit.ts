import { z } from 'zod';
import type { Db } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, customerOf, id, instant, listOf, paged, servicesGranted } from '#kernel/http.ts';
import { ofCustomer, publishedBlocks } from '#modules/audit/index.ts';
import { userRead } from '#modules/identity/index.ts';

const own = z.object({
  id: z.string(),
  at: instant,
  /** `staff` never by name; `behalf`: staff in the person's place. */
  who: z.object({
    kind: z.enum(['member', 'staff', 'system', 'visitor']),
    id: id.nullable(),
    email: z.string().nullable(),
    behalf: z.boolean(),
  }),
  action: z.string(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  clause: z.object({ id: z.string(), version: z.string() }).nullable(),
  /** What was before and what is after, where settings were changed. */
  before: z.unknown(),
  after: z.unknown(),
  /** Of the customer's own people alone. */
  ip: z.string().nullable(),
  session_id: id.nullable(),
  key_id: id.nullable(),
});

const publication = z.object({
  brand: z.string(),
  day: z.iso.date(),
  block: z.int(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  published_at: instant,
});

/** A customer's own part of the record of acts, with names of people, which the room audit doesn't know. */
export function accountAuditRoutes(app: App, house: House): void {
  app.get(
    '/account/audit',
    {
      config: { access: 'customer', area: 'audit', narrows: true },
      schema: {
        tags: ['account'],
        querystring: z.object({
          before: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional(),
          by: z.enum(['member', 'staff', 'system']).optional(),
          user: id.optional(),
          /** One action (`service.renewed`) or all of a kind (`service`). */
          action: z
            .string()
            .regex(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$/)
            .max(64)
            .optional(),
          from: instant.optional(),
          to: instant.optional(),
        }),
        response: { 200: listOf(own) },
      },
    },
    async ({ ctx, query }) => {
      const { from, to, user, ...rest } = query;
      const rows = await ofCustomer(house.db, {
        ...rest,
        brand: ctx.brand.id,
        customerId: customerOf(ctx).customerId,
        userId: user,
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
        services: servicesGranted(ctx),
      });
      const emails = await emailsOf(house.db, rows);
      return paged(
        rows.map((row) => shown(row, emails)),
        (row) => row.id,
      );
    },
  );

  app.get(
    '/audit/roots',
    {
      config: { access: 'public' },
      schema: {
        tags: ['ledger'],
        description: 'Roots of the record of acts as they were published, newest first.',
        querystring: z.object({ before: z.iso.date().optional() }),
        response: { 200: listOf(publication) },
      },
    },
    async ({ ctx, query }) => {
      const rows = await publishedBlocks(house.db, ctx.brand.id, query.before);
      return paged(
        rows.map((row) => ({
          ...row,
          root: row.root.toString('hex'),
          published_at: row.published_at.toISOString(),
        })),
        ({ day }) => day,
      );
    },
  );
}

type Row = Awaited<ReturnType<typeof ofCustomer>>[number];

async function emailsOf(db: Db, rows: Row[]): Promise<Map<string, string | null>> {
  const emails = new Map<string, string | null>();
  for (const { actor_kind, actor_id } of rows)
    if (actor_kind === 'customer' && actor_id !== null && !emails.has(actor_id))
      emails.set(actor_id, (await userRead(db, actor_id)).email);
  return emails;
}

const KINDS = { customer: 'member', staff: 'staff', system: 'system', visitor: 'visitor' } as const;

function shown(row: Row, emails: Map<string, string | null>) {
  const member = row.actor_kind === 'customer';
  const behalf = row.behalf_staff_id !== null;
  const facts = row.facts as Record<string, unknown>;
  // Where the office sits, and in which of its sessions, isn't the customer's business.
  const theirs = member && !behalf;
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    who: {
      kind: KINDS[row.actor_kind],
      id: member ? row.actor_id : null,
      email: member ? (emails.get(row.actor_id ?? '') ?? null) : null,
      behalf,
    },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id },
    clause: row.clause_id ? { id: row.clause_id, version: row.clause_version! } : null,
    before: facts.before ?? null,
    after: facts.after ?? null,
    ip: theirs || row.actor_kind === 'visitor' ? row.ip : null,
    session_id: theirs ? row.session_id : null,
    key_id: row.key_id,
  };
}
