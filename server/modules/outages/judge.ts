import { OUTAGE_CAUSES, type Parameters } from '#modules/terms/index.ts';
import { fullHours, type Span } from './rules.ts';

export const CAUSES = ['provider', ...OUTAGE_CAUSES] as const;
export type Cause = (typeof CAUSES)[number];

export type Judgement =
  /** The term is lengthened until, for this whole continuous time, it was lengthened by so much. */
  | { kind: 'extension'; rests: 'sla' | 'outage_extension'; dueMs: number; discretionary: boolean }
  /** It counts against the availability of its months. */
  | { kind: 'by-month'; rests: 'sla' }
  /** This cause isn't made good. */
  | { kind: 'excluded'; rests: 'outages' }
  /** No clause makes it good; `rests` on that which says so, if one does. */
  | { kind: 'nothing'; rests: 'sla' | null };

/** What these terms make of an outage of that cause, for the continuous time without service that it belongs to. */
export function judge(terms: Parameters, cause: Cause, whole: Span): Judgement {
  const { sla, outages, outage_extension: extension } = terms;
  if (cause !== 'provider' && outages?.excluded.includes(cause))
    return { kind: 'excluded', rests: 'outages' };
  if (extension && cause !== 'provider' && (extension.causes ?? []).includes(cause)) {
    const dueMs = whole.until - whole.from;
    return { kind: 'extension', rests: 'outage_extension', dueMs, discretionary: true };
  }
  switch (sla?.rule) {
    case 'hour-for-hour':
      return { kind: 'extension', rests: 'sla', dueMs: fullHours(whole), discretionary: false };
    case 'by-table':
      return { kind: 'by-month', rests: 'sla' };
    default:
      return { kind: 'nothing', rests: sla ? 'sla' : null };
  }
}

/** The causes that staff may give an outage: the brand's own lists, and `provider`, which counts. */
export function causesOf({ outages, outage_extension: extension }: Parameters): Cause[] {
  const listed = new Set<Cause>([...(outages?.excluded ?? []), ...(extension?.causes ?? [])]);
  return CAUSES.filter((cause) => cause === 'provider' || listed.has(cause));
}

/** After so many continuous ms down the customer may end the service; null where the terms have no such right. */
export function endRightAfter({ sla, outages }: Parameters, cause: Cause): number | null {
  if (sla?.rule !== 'hour-for-hour') return null;
  if (cause !== 'provider' && outages?.excluded.includes(cause)) return null;
  return sla.end_after_hours * 3_600_000;
}
