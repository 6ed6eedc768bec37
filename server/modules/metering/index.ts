export {
  type EstimateLine,
  estimate,
  estimateAt,
  type MonthKnown,
  monthKnown,
  monthsKnown,
} from './estimate.ts';
export type { UsageEvent } from './event-check.ts';
export { meterNamed, metersOf } from './meter-read.ts';
export { packageAdd, packagesDue, packagesDueBrands, packagesEnd, packagesHeld } from './month.ts';
export { packageClose, packageExtend, packagesRunning, type RunningPackage } from './packages-running.ts';
export { productUnknown } from './rules.ts';
export { monthOf, slotEnd, slotStart } from './slots.ts';
export { type SubjectRef, subjectClose, subjectOpen, subjectsOpen } from './subject.ts';
export { subscribe } from './subscribe.ts';
export { tariffsLoad } from './tariff-load.ts';
export { tokenIssue } from './token.ts';
export { type RatedUsage, type UsageCharge, usageDue, usageDueBrands, usageRate } from './usage-rate.ts';
export { type Recorded, usageRecord } from './usage-record.ts';
