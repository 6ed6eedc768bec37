import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { instanceRestrain } from '#modules/compute/index.ts';
import { freezeDecide, freezeLock, freezePlace } from '#modules/funds/index.ts';
import { type GateAct, restrictionLift, restrictionPlace } from '#modules/gates/index.ts';
import {
  serviceEndBy,
  serviceHold,
  serviceList,
  serviceLock,
  serviceRelease,
} from '#modules/lifecycle/index.ts';
import type { Measure } from '#modules/terms/index.ts';
import type { MeasureRow } from './case-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** A measure on its way to the room that carries it out. */
export interface Carried {
  /** Of the measure's row. */
  id: string;
  customerId: string;
  serviceId: string | null;
  clause: ClauseRef;
  reason: string;
  notices: string[];
  details: MeasureDetails;
}

export interface MeasureDetails {
  /** throttle: processors that are left. */
  cpus?: number | undefined;
  /** restrict: what the customer may not do. */
  acts?: GateAct[] | undefined;
  /** freeze-money: micro-yuan as decimal text, without it all; and the reason by its clause. */
  amount?: string | undefined;
  freeze_reason?: string | undefined;
}

interface Carrier {
  /** Returns the name by which the other room knows it. */
  place(tx: Tx, ctx: Ctx, measure: Carried): Promise<string | null>;
  lift?(tx: Tx, ctx: Ctx, measure: Carried & { refId: string | null }): Promise<void>;
}

/** Several measures may limit one machine: it has what all that stand leave it. A machine that is gone took its limits with it. */
async function restrained(
  tx: Tx,
  serviceId: string,
  { but, more }: { but: string; more?: Pick<MeasureRow, 'measure' | 'details'> },
): Promise<boolean> {
  await serviceLock(tx, serviceId);
  const standing = await tx
    .selectFrom('enforcement_measure')
    .select(['measure', 'details'])
    .where('service_id', '=', serviceId)
    .where('state', '=', 'standing')
    .where('measure', 'in', ['throttle', 'unbind-address'])
    .where('id', '<>', but)
    .execute();
  const all = more ? [...standing, more] : standing;
  const cpus = all
    .filter(({ measure }) => measure === 'throttle')
    .map(({ details }) => (details as MeasureDetails).cpus ?? LEFT_CPUS);
  const on = { cpus: cpus.length > 0 ? Math.min(...cpus) : null };
  const unbound = all.some(({ measure }) => measure === 'unbind-address');
  return (await instanceRestrain(tx, serviceId, on)) && instanceRestrain(tx, serviceId, { unbound });
}

const restraint = (measure: 'throttle' | 'unbind-address'): Carrier => ({
  async place(tx, _ctx, { id, serviceId, details }) {
    if (!(await restrained(tx, serviceId!, { but: id, more: { measure, details } })))
      throw problem['not-machine']();
    return null;
  },
  async lift(tx, _ctx, { id, serviceId }) {
    await restrained(tx, serviceId!, { but: id });
  },
});

const end = (wipe: 'now' | 'retention'): Carrier => ({
  async place(tx, ctx, { serviceId, clause, reason, notices }) {
    const how = { by: 'breach' as const, clause, refund: 'none' as const, wipe, reason, notices };
    await serviceEndBy(tx, ctx, { serviceId: serviceId!, ...how });
    return null;
  },
});

export const CARRIERS: Record<Measure, Carrier> = {
  throttle: restraint('throttle'),
  suspend: {
    async place(tx, ctx, { id, serviceId, clause, reason, notices }) {
      await serviceHold(tx, ctx, {
        serviceId: serviceId!,
        cause: 'case',
        clause,
        reason,
        refId: id,
        notices,
      });
      return id;
    },
    async lift(tx, ctx, { id, serviceId, reason }) {
      await serviceRelease(tx, ctx, { serviceId: serviceId!, refId: id, reason });
    },
  },
  'unbind-address': restraint('unbind-address'),
  restrict: {
    async place(tx, ctx, { id, customerId, clause, reason, details }) {
      const what = details.acts ?? [];
      return (await restrictionPlace(tx, ctx, { customerId, what, clause, reason, caseId: id })).id;
    },
    lift: (tx, ctx, { refId, reason }) => restrictionLift(tx, ctx, { id: refId!, reason }),
  },
  'freeze-money': {
    place: (tx, ctx, { customerId, reason, details }) =>
      freezePlace(tx, ctx, {
        customerId,
        amount: details.amount === undefined ? null : BigInt(details.amount),
        reason: details.freeze_reason ?? '',
        explanation: reason,
      }),
    /** Its own appeal may have ended it already. */
    async lift(tx, ctx, { refId, reason }) {
      const { state } = await freezeLock(tx, ctx, refId!);
      if (state === 'lifted' || state === 'returned') return;
      await freezeDecide(tx, ctx, { id: refId!, outcome: 'lift', reason });
    },
  },
  end: end('retention'),
  wipe: end('now'),
  /** Nothing of the customer runs, and nothing but looking is left to it. */
  ban: {
    async place(tx, ctx, { id, customerId, clause, reason, notices }) {
      const all = { customerId, what: ['everything' as const], clause, reason, caseId: id };
      const restriction = await restrictionPlace(tx, ctx, all);
      for (const serviceId of await servicesAlive(tx, ctx, customerId)) {
        const told = [...notices, restriction.notice];
        const hold = { cause: 'case' as const, clause, reason, refId: id, notices: told };
        await serviceHold(tx, ctx, { serviceId, ...hold });
      }
      return restriction.id;
    },
    async lift(tx, ctx, { id, customerId, refId, reason }) {
      for (const serviceId of await servicesAlive(tx, ctx, customerId))
        await serviceRelease(tx, ctx, { serviceId, refId: id, reason });
      await restrictionLift(tx, ctx, { id: refId!, reason });
    },
  },
};

/** What a throttled machine keeps where nobody says how much. */
const LEFT_CPUS = 0.2;

/** Those rooms tell the customer themselves. */
export const TOLD_THERE: ReadonlySet<Measure> = new Set(['restrict', 'freeze-money', 'ban']);

async function servicesAlive(tx: Tx, ctx: Ctx, customerId: string): Promise<string[]> {
  const ids: string[] = [];
  for (let before: string | undefined; ; ) {
    const rows = await serviceList(tx, ctx.brand.id, { customerId, before });
    const alive = rows.filter(({ state }) => state !== 'deleted' && state !== 'failed');
    ids.push(...alive.map(({ id }) => id));
    if (rows.length <= PAGE_SIZE) return ids;
    before = rows.at(-1)!.id;
  }
}
