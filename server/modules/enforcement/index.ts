export { type CaseWanted, caseOpen } from './case-open.ts';
export { casesOpen, deadlinesAhead, measureStands } from './case-row.ts';
export { subscribe } from './subscribe.ts';
