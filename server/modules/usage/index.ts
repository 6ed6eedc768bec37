export type { ChargeFacts } from './events.ts';
export { subscribe } from './usage-arrears.ts';
