export { spendingStopped } from './budget.ts';
export type { UsageEvent } from './event-check.ts';
export { meterNamed, metersOf } from './meter-read.ts';
export { packageAdd, packagesDue, packagesEnd, packagesHeld } from './month.ts';
export { type SubjectRef, subjectClose, subjectOpen } from './subject.ts';
export { tariffsLoad } from './tariff-load.ts';
export { tokenIssue } from './token.ts';
export { type RatedUsage, type UsageCharge, usageDue, usageRate } from './usage-rate.ts';
export { type Recorded, usageRecord } from './usage-record.ts';
