export { holderIdentity } from './holder-identity.ts';
export { realNameRecord } from './identity-found.ts';
export { policyNow } from './policy-now.ts';
export { realNameRevoke } from './revoke.ts';
export { consentByFile } from './status-read.ts';
