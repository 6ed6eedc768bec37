export { signatureVerify, type Verified } from './signature-verify.ts';
