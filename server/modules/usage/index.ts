export { type ChargePaid, chargesPaid } from './charges-paid.ts';
export type { ChargeFacts } from './events.ts';
export { type PackageEnd, packageEnd } from './package-end.ts';
export { subscribe } from './usage-arrears.ts';
