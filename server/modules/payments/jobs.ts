import { z } from 'zod';
import { type Db, transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import { enqueue, type JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { gatewayOf } from './payment-channel.ts';
import { paymentSettle } from './payment-settle.ts';
import { nextQueryMinutes, PAYMENT_WATCH_HOURS, UNKNOWN_AGAIN_HOURS } from './rules.ts';
import './driver.ts';
import './tables.ts';

const payload = z.object({ payment: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    /** A notification may never come (F41): the channel is asked. "Unknown" settles nothing; the next sweep asks again (F43). */
    'payments.query': async (raw) => {
      const { payment: id } = payload.parse(raw);
      const payment = await house.db
        .selectFrom('payments_payment')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (payment.state !== 'pending') return;
      const gateway = gatewayOf(house.ports, payment.channel);
      const facts = await gateway.query(payment.out_trade_no);
      const expired = payment.expires_at <= house.clock.now();
      // The payer never opened the page, or left it: nothing can be paid any more once the channel says so.
      if (facts.state === 'unpaid' && expired) await gateway.close(payment.out_trade_no);
      const closed = facts.state === 'not_found' && expired;
      const state = await asSystem(house, payment.brand, 'payment-query', (tx, ctx) =>
        paymentSettle(tx, ctx, gateway.merchant, closed ? { ...facts, state: 'closed' } : facts),
      );
      if (state === 'held') {
        house.log.error(
          { out_trade_no: payment.out_trade_no },
          'payment held: it differs from what we asked for',
        );
      }
    },
  };
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'payments.queries',
      everySeconds: 5,
      nextDue: earliest,
      run: (now) =>
        transact(house.db, async (tx) => {
          const due = await tx
            .selectFrom('payments_payment')
            .select(['id', 'queries', 'created_at', 'expires_at'])
            .where('query_at', '<=', now)
            .orderBy('query_at')
            .limit(200)
            .forUpdate()
            .skipLocked()
            .execute();
          for (const payment of due) {
            const queries = payment.queries + 1;
            const next = addMinutes(payment.created_at, nextQueryMinutes(queries));
            const watchedUntil = addMinutes(payment.expires_at, PAYMENT_WATCH_HOURS * 60);
            const soon = next > now ? next : addMinutes(now, 1);
            // Only "unknown" leaves an expired trade open: it is never forgotten, only asked after less often.
            const query_at = soon <= watchedUntil ? soon : addMinutes(now, UNKNOWN_AGAIN_HOURS * 60);
            await tx
              .updateTable('payments_payment')
              .set({ queries, query_at })
              .where('id', '=', payment.id)
              .execute();
            await enqueue(
              tx,
              'payments.query',
              { payment: payment.id },
              { key: `payment-query:${payment.id}`, maxAttempts: 3 },
            );
          }
          return due.length;
        }),
    },
  ];
}

async function earliest(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('payments_payment')
    .select((e) => e.fn.min<Date | null>('query_at').as('due'))
    .executeTakeFirst();
  return row?.due ?? null;
}
