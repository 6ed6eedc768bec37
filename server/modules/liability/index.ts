export { claimsOpen } from './claim-row.ts';
export { subscribe } from './subscribe.ts';
