export { auditCount, auditList, auditSpan, OWN_PART, ofCustomer } from './audit-list.ts';
export { auditOfRequest } from './audit-of-request.ts';
export { auditRecord, auditRecordAll } from './audit-record.ts';
export { auditPublish, publishedBlocks } from './block-publish.ts';
export { type AuditEntry, type ClauseRef, clauseKept } from './rules.ts';
export { type AuditVerdict, auditVerify, type PublishedBlocks } from './verify.ts';
