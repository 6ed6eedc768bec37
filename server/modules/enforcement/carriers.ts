import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { instanceRestrain } from '#modules/compute/index.ts';
import { freezeDecide, freezeLock, freezePlace } from '#modules/funds/index.ts';
import { type GateAct, restrictionLift, restrictionPlace } from '#modules/gates/index.ts';
import { serviceEndBy, serviceHold, serviceList, serviceRelease } from '#modules/lifecycle/index.ts';
import type { Measure } from '#modules/terms/index.ts';
import { problem } from './rules.ts';

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

const restrain = (on: { cpus: number } | { unbound: true }) => async (tx: Tx, serviceId: string) => {
  if (!(await instanceRestrain(tx, serviceId, on))) throw problem['not-machine']();
};

/** A machine that has gone meanwhile took the limit with it. */
const release = (from: { cpus: null } | { unbound: false }) => async (tx: Tx, serviceId: string) => {
  await instanceRestrain(tx, serviceId, from);
};

const end = (wipe: 'now' | 'retention'): Carrier => ({
  async place(tx, ctx, { serviceId, clause, reason, notices }) {
    const how = { by: 'breach' as const, clause, refund: 'none' as const, wipe, reason, notices };
    await serviceEndBy(tx, ctx, { serviceId: serviceId!, ...how });
    return null;
  },
});

export const CARRIERS: Record<Measure, Carrier> = {
  throttle: {
    async place(tx, _ctx, { serviceId, details }) {
      await restrain({ cpus: details.cpus ?? LEFT_CPUS })(tx, serviceId!);
      return null;
    },
    lift: (tx, _ctx, { serviceId }) => release({ cpus: null })(tx, serviceId!),
  },
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
  'unbind-address': {
    async place(tx, _ctx, { serviceId }) {
      await restrain({ unbound: true })(tx, serviceId!);
      return null;
    },
    lift: (tx, _ctx, { serviceId }) => release({ unbound: false })(tx, serviceId!),
  },
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
