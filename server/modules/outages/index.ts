export { CAUSES } from './judge.ts';
export { outageEndMeasured, outageOpen, type Said } from './outage-record.ts';
export { outageUnsettled } from './outage-row.ts';
export { availabilityText, monthsOf } from './rules.ts';
export { subjectOutages } from './subject-outages.ts';
