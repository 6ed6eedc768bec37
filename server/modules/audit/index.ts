export { auditList } from './audit-list.ts';
export { auditRecord } from './audit-record.ts';
export type { AuditEntry, ClauseRef } from './rules.ts';
