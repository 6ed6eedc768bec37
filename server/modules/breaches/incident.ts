import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import type { Category } from '#server/personal-data.ts';
import { problem, TELL_HOURS } from './rules.ts';
import type { IncidentTable } from './tables.ts';
import './tables.ts';

export type Incident = Selectable<IncidentTable>;

export interface NewIncident {
  title: string;
  happened: string;
  fromAt: Date;
  toAt: Date | null;
  foundAt: Date;
  categories: Category[];
  effects: { zh: string; en: string };
  remedy: { zh: string; en: string };
  /** Null: all of the brand. */
  customerIds: string[] | null;
}

/** One of the staff writes down what happened. Throws 404 for a customer of another brand. */
export async function incidentRecord(tx: Tx, ctx: Ctx, incident: NewIncident): Promise<string> {
  const { customerIds } = incident;
  if (customerIds) {
    const found = await customersByIds(tx, customerIds);
    const own = new Set(found.filter(({ brand }) => brand === ctx.brand.id).map(({ id }) => id));
    if (!customerIds.every((id) => own.has(id))) throw common['not-found']();
  }
  const id = newId();
  await tx
    .insertInto('breaches_incident')
    .values({
      id,
      brand: ctx.brand.id,
      title: incident.title,
      happened: incident.happened,
      from_at: incident.fromAt,
      to_at: incident.toAt,
      found_at: incident.foundAt,
      due_at: addMinutes(incident.foundAt, TELL_HOURS * 60),
      categories: incident.categories,
      effects_zh: incident.effects.zh,
      effects_en: incident.effects.en,
      remedy_zh: incident.remedy.zh,
      remedy_en: incident.remedy.en,
      all_customers: customerIds === null,
      state: 'asked',
      recorded_by: staffOf(ctx).staffId,
      recorded_at: ctx.now,
      agreed_by: null,
      agreed_at: null,
      untold_reason: null,
      authority: null,
      authority_reference: null,
      authority_told_at: null,
      authority_told_by: null,
      closed_at: null,
    })
    .execute();
  if (customerIds && customerIds.length > 0)
    await tx
      .insertInto('breaches_person')
      .values(
        [...new Set(customerIds)].map((customer_id) => ({
          incident_id: id,
          customer_id,
          told_at: null,
          notice_id: null,
        })),
      )
      .execute();
  await note(tx, ctx, id, 'breach.recorded', {
    before: null,
    after: { title: incident.title, found_at: incident.foundAt.toISOString() },
  });
  return id;
}

export async function incidentLock(tx: Tx, ctx: Ctx, id: string): Promise<Incident> {
  const row = await tx
    .selectFrom('breaches_incident')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  return row;
}

/** The second person: with the words as they stand, or with why those concerned need not be told. */
export async function incidentAgree(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; untoldReason: string | null },
): Promise<void> {
  const row = await incidentLock(tx, ctx, given.id);
  const { staffId } = staffOf(ctx);
  if (row.state !== 'asked') throw problem['incident-agreed']();
  if (row.recorded_by === staffId) throw problem['incident-own']();
  await set(tx, row.id, {
    state: 'agreed',
    agreed_by: staffId,
    agreed_at: ctx.now,
    untold_reason: given.untoldReason,
  });
  await note(tx, ctx, row.id, 'breach.agreed', {
    untold_reason: given.untoldReason,
    before: { state: 'asked' },
    after: { state: 'agreed' },
  });
}

/** What the authority was told, when and under which number. */
export async function authorityTold(
  tx: Tx,
  ctx: Ctx,
  given: { id: string; authority: string; reference: string },
): Promise<void> {
  const row = await incidentLock(tx, ctx, given.id);
  if (!row.agreed_at) throw problem['incident-not-agreed']();
  if (row.authority !== null) throw problem['incident-agreed']();
  await set(tx, row.id, {
    authority: given.authority,
    authority_reference: given.reference,
    authority_told_at: ctx.now,
    authority_told_by: staffOf(ctx).staffId,
  });
  const late = ctx.now > row.due_at;
  await note(tx, ctx, row.id, 'breach.authority-told', {
    late,
    before: { authority: null },
    after: { authority: given.authority },
  });
}

/** Over once those concerned were told, or need not be, and the authority was. */
export async function incidentClose(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const row = await incidentLock(tx, ctx, id);
  const told = row.state === 'told' || (row.state === 'agreed' && row.untold_reason !== null);
  if (!told || row.authority === null) throw problem['incident-open']();
  await set(tx, row.id, { state: 'closed', closed_at: ctx.now });
  await note(tx, ctx, row.id, 'breach.closed', { before: { state: row.state }, after: { state: 'closed' } });
}

export async function set(tx: Tx, id: string, values: Partial<Incident>): Promise<void> {
  await tx.updateTable('breaches_incident').set(values).where('id', '=', id).execute();
}

export function note(
  tx: Tx,
  ctx: Ctx,
  id: string,
  action: string,
  facts: Record<string, unknown>,
): Promise<void> {
  return auditRecord(tx, ctx, { action, subject: { kind: 'incident', id }, customerId: null, facts });
}

export function incidentList(db: Db | Tx, brand: string, before?: string): Promise<Incident[]> {
  return db
    .selectFrom('breaches_incident')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}
