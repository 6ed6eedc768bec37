export type { ApprovalDecided } from './approval-decide.ts';
export { type ApprovalWanted, approvalRequest } from './approval-request.ts';
