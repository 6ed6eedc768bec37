export { isCreditCode } from './rules.ts';
export { signatureVerify, type Verified } from './signature-verify.ts';
export { subscribe } from './subscribe.ts';
