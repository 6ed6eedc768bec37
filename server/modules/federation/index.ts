export { phoneCodeOpen } from './phone-code.ts';
export { CODES_PER_VISITOR, NETWORK_SHARE, shareOf, WIDE_NETWORK_SHARE } from './rules.ts';
