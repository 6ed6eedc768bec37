export { certificateIssue, type ErasureSeen, type Trace } from './certificate-issue.ts';
export { endingsAhead } from './ending-announce.ts';
export { proposalWaits } from './proposal.ts';
export { subscribe } from './subscribe.ts';
