export { type CaseWanted, caseOpen } from './case-open.ts';
export { deadlinesAhead } from './case-row.ts';
export { subscribe } from './subscribe.ts';
