export { auditList } from './audit-list.ts';
export { auditRecord, auditRecordAll } from './audit-record.ts';
export type { AuditEntry, ClauseRef } from './rules.ts';
