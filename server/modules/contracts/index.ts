export { signatureVerify, type Verified } from '#kernel/paper-verify.ts';
