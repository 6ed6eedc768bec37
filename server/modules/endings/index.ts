export { certificateIssue, type ErasureSeen, type Trace } from './certificate-issue.ts';
export { subscribe } from './subscribe.ts';
