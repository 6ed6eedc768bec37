export { type CaseWanted, caseOpen } from './case-open.ts';
export { subscribe } from './subscribe.ts';
