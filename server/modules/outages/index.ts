export { outageUnsettled } from './outage-row.ts';
export { subjectOutages } from './subject-outages.ts';
