export type { ContactFault } from './fault-open.ts';
export { subscribe } from './subscribe.ts';
