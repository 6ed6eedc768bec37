export type { ChargeFacts } from './events.ts';
export { subscribe } from './usage-arrears.ts';
export { type ChargePaid, chargesPaid } from './charges-paid.ts';
export { type PackageEnd, packageEnd } from './package-end.ts';
