import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import {
  type BillEntry,
  billBooks,
  heldFromBill,
  paymentAskSoon,
  refundAskSoon,
} from '#modules/payments/index.ts';
import { BILL_AGAIN_MINUTES, compare, type Finding, LOOKS, refundNumber } from './rules.ts';
import type { DayTable } from './tables.ts';
import './tables.ts';

type Day = Selectable<DayTable>;

/**
 * The bill of a day against our books, any number of times. `bill` is the channel's, of all brands of the merchant;
 * what names no payment of anybody's is taken by the brand whose day is `keepsStrangers`.
 */
export async function billCompare(
  tx: Tx,
  ctx: Ctx,
  input: { dayId: string; bill: BillEntry[]; keepsStrangers: boolean },
): Promise<{ open: number }> {
  const day = await tx
    .selectFrom('reconciliation_day')
    .selectAll()
    .where('id', '=', input.dayId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { lines, books } = await billBooks(tx, {
    brand: day.brand,
    channel: day.channel,
    from: dayStart(day.day),
    until: addMinutes(dayStart(day.day), 24 * 60),
    bill: input.bill,
    strangers: input.keepsStrangers,
  });
  const { matched, findings } = compare(lines, books);
  const fresh = await keep(tx, ctx, day, findings);
  for (const finding of fresh) await follow(tx, ctx, day, finding, lines);
  const sum = (kind: 'payment' | 'refund') =>
    lines.reduce((total, line) => (line.kind === kind ? total + line.amount : total), 0n);
  const fee = lines.reduce((total, line) => total + line.fee, 0n);
  await postFee(tx, ctx, day, fee);
  const open = await openIn(tx, day.id);
  await tx
    .updateTable('reconciliation_day')
    .set({
      state: 'compared',
      compared_at: ctx.now,
      last_error: null,
      trades: lines.length,
      matched,
      paid_micro: sum('payment'),
      refunded_micro: sum('refund'),
      fee_micro: fee,
      fee_posted_micro: fee,
      // What the channel is being asked about now may agree in half an hour.
      ask_at: open > 0 && day.asked < LOOKS ? addMinutes(ctx.now, BILL_AGAIN_MINUTES) : null,
    })
    .where('id', '=', day.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'reconciliation.compared',
    subject: { kind: 'reconciliation', id: day.id },
    customerId: null,
    facts: { channel: day.channel, day: day.day, lines: lines.length, matched, open },
  });
  return { open };
}

/** "2026-03-02" begins at this instant; Beijing knows no summer time. */
export function dayStart(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

/** Findings of this look: new ones open, those that agree now resolved, explained ones left alone. Returns the new ones. */
async function keep(tx: Tx, ctx: Ctx, day: Day, findings: Finding[]): Promise<Finding[]> {
  const known = await tx
    .selectFrom('reconciliation_finding')
    .select(['id', 'kind', 'number', 'state'])
    .where('day_id', '=', day.id)
    .execute();
  const nameOf = ({ kind, number }: { kind: string; number: string }) => `${kind} ${number}`;
  const before = new Map(known.map((row) => [nameOf(row), row]));
  const now = new Set(findings.map(nameOf));
  const gone = known.filter((row) => row.state === 'open' && !now.has(nameOf(row))).map(({ id }) => id);
  if (gone.length > 0) {
    await tx
      .updateTable('reconciliation_finding')
      .set({ state: 'resolved', ended_at: ctx.now })
      .where('id', 'in', gone)
      .execute();
  }
  const fresh: Finding[] = [];
  for (const finding of findings) {
    const row = before.get(nameOf(finding));
    const values = {
      subject_id: finding.subject,
      ours_micro: finding.ours,
      theirs_micro: finding.theirs,
      detail: finding.detail,
    };
    if (!row) {
      const { kind, number } = finding;
      await tx
        .insertInto('reconciliation_finding')
        .values({
          ...{ id: newId(), day_id: day.id, kind, number, ...values },
          ...{ state: 'open', found_at: ctx.now, ended_at: null, ended_by: null, explanation: null },
        })
        .onConflict((conflict) => conflict.constraint('reconciliation_finding_once').doNothing())
        .execute();
      fresh.push(finding);
    } else if (row.state !== 'explained') {
      const again = row.state === 'resolved' ? { state: 'open' as const, ended_at: null } : {};
      await tx
        .updateTable('reconciliation_finding')
        .set({ ...values, ...again })
        .where('id', '=', row.id)
        .execute();
    }
  }
  return fresh;
}

/** What is done at once, without staff: the channel is asked, and money that nobody knows is held. */
async function follow(tx: Tx, ctx: Ctx, day: Day, finding: Finding, lines: BillEntry[]): Promise<void> {
  const { kind, subject } = finding;
  if (kind === 'uncredited' && subject) await paymentAskSoon(tx, subject);
  if (kind === 'refund-unsettled' && subject) await refundAskSoon(tx, subject);
  if (kind !== 'not-ours' && kind !== 'refund-not-ours') return;
  const line = lines.find((one) =>
    kind === 'not-ours'
      ? one.kind === 'payment' && one.outTradeNo === finding.number
      : one.kind === 'refund' && refundNumber(one) === finding.number,
  );
  if (line) await heldFromBill(tx, ctx, day.channel, day.day, line);
}

/** What the channel kept of the day; a bill that changed posts the difference. */
async function postFee(tx: Tx, ctx: Ctx, day: Day, fee: Micro): Promise<void> {
  const more = fee - day.fee_posted_micro;
  if (more === 0n) return;
  await ledgerPost(tx, ctx, {
    kind: 'channel-fee',
    source: 'reconciliation-fee',
    // What is posted stands on the day's row, which is locked: a second look at the same bill has nothing more to post.
    sourceId: `${day.id}:${newId()}`,
    lines: [
      { account: { kind: 'channel_fee', owner: day.channel }, amount: -more },
      { account: { kind: 'channel_clearing', owner: day.channel }, amount: more },
    ],
    memo: { channel: day.channel, day: day.day, fee: formatYuan(fee) },
  });
}

async function openIn(tx: Tx, dayId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('reconciliation_finding')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('day_id', '=', dayId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(count);
}
