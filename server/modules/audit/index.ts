export { auditList } from './audit-list.ts';
export { auditRecord, auditRecordAll } from './audit-record.ts';
export { type AuditEntry, type ClauseRef, clauseKept } from './rules.ts';
