import type { Db, Tx } from '#kernel/db.ts';
import { type Policy, policiesOf } from '#modules/terms/index.ts';
import { type Counted, countedOf, spansOf } from './counted.ts';
import { type Judgement, judge } from './judge.ts';
import type { Affected, Entry } from './outage-row.ts';
import { continuous, type Span } from './rules.ts';

/** What an outage means for one subject, by the terms that held for it when the outage began. */
export interface Verdict {
  subject: Affected;
  policy: Policy;
  judgement: Judgement;
  /** The outage itself, as far as it hit this subject. */
  span: Span;
  /** By how much its term is still to be lengthened: what is due for the continuous time, less what was given for it. */
  extendMs: number;
}

/** Judges an outage whose end is known. Nothing is written: this is what staff see before they apply it, and what is applied. */
export async function consequences(
  db: Db | Tx,
  entry: Entry & { until_at: Date },
  affected: readonly Affected[],
): Promise<Verdict[]> {
  const policies = await policiesFor(db, affected, entry.from_at);
  const counted = await countedOf(
    db,
    affected.map(({ subject_id }) => subject_id),
  );
  return affected.map((subject, i): Verdict => {
    const until = subject.until_at ?? entry.until_at;
    const span = { from: subject.from_at.getTime(), until: until.getTime() };
    const earlier = counted.get(subject.subject_id)!;
    const whole = continuous(span, spansOf(earlier, 'extension', entry.outage_id));
    const policy = policies[i]!;
    const judgement = judge(policy.parameters, entry.cause, whole);
    const given = earlier.filter((one) => isWithin(one, whole, entry.outage_id));
    const due = judgement.kind === 'extension' ? judgement.dueMs : 0;
    const extendMs = Math.max(0, due - given.reduce((sum, { extendedMs }) => sum + extendedMs, 0));
    return { subject, policy, judgement, span, extendMs };
  });
}

/** What was given for this time already: by this outage before a correction, and by those that it is one with. */
function isWithin({ outageId, kind, span }: Counted, whole: Span, own: string): boolean {
  if (outageId === own) return true;
  return kind === 'extension' && span !== null && whole.from <= span.from && span.until <= whole.until;
}

/** What holds for each of them at an instant. */
export function policiesFor(db: Db | Tx, affected: readonly Affected[], at: Date): Promise<Policy[]> {
  return policiesOf(
    db,
    affected.map(({ kind, subject_id, customer_id, acceptance_id }) => ({
      customerId: customer_id,
      serviceId: kind === 'service' ? subject_id : null,
      acceptanceId: acceptance_id,
    })),
    at,
  );
}
