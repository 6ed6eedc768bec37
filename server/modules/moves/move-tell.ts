import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { insertAll } from '#kernel/insert-all.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import type { Parameters } from '#modules/terms/index.ts';
import type { Move, Moving } from './move-row.ts';
import type { Telling } from './tables.ts';
import './tables.ts';

/** Tells the customers of these services, by the channels of their terms, and keeps that as evidence. */
export async function moveTell(
  tx: Tx,
  ctx: Ctx,
  move: Move,
  what: Telling,
  moving: readonly Moving[],
  more: { reason: string; address?: string },
): Promise<void> {
  const rests: keyof Parameters = move.kind === 'bad-node' ? 'bad_node' : 'migration';
  const clauses = moving.map(({ policy }) => (policy.parameters[rests] ? policy.clauseOf(rests) : null));
  const ids = [...new Set(moving.map(({ service }) => service.customer_id))];
  const customers = new Map((await customersByIds(tx, ids)).map((customer) => [customer.id, customer]));
  const { zone } = ctx.brand;
  const notices = await noticeSendAll(
    tx,
    ctx,
    moving.map(({ service, policy }, i) => {
      const { id, user_id, email, locale } = customers.get(service.customer_id)!;
      return {
        kind: `move-${what}` as const,
        dedupe: `move:${move.id}:${service.id}:${what}:${move.window_no}`,
        to: { customerId: id, userId: user_id, email, locale },
        terms: policy.parameters,
        about: ['servers'],
        values: {
          service: service.label,
          from: wallClock(move.from_at, zone),
          until: wallClock(move.until_at, zone),
          destination: pick(move.destination as LocalizedText, locale),
          reason: more.reason,
          address: more.address ?? '',
          clause: clauses[i]?.clause ?? '–',
        },
      };
    }),
  );
  await insertAll(
    tx,
    'moves_told',
    moving.map(({ service }, i) => ({
      move_id: move.id,
      service_id: service.id,
      what,
      window_no: move.window_no,
      customer_id: service.customer_id,
      clause_id: clauses[i]?.clause ?? null,
      notice_id: notices[i]!,
      from_at: move.from_at,
      until_at: move.until_at,
      at: ctx.now,
    })),
  );
  await auditRecordAll(
    tx,
    ctx,
    moving.map(({ service }, i) => ({
      action: `move.${what}`,
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      ...(clauses[i] ? { clause: clauses[i] } : {}),
      facts: {
        move: move.id,
        kind: move.kind,
        from: move.from_at.toISOString(),
        until: move.until_at.toISOString(),
        ...(more.address ? { address: more.address } : {}),
      },
      notices: [notices[i]!],
    })),
  );
}
