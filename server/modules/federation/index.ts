export { phoneCodeOpen, phoneDigest } from './phone-code.ts';
export { CODES_PER_VISITOR } from './rules.ts';
