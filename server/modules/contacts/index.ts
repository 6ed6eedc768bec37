export { type ContactFault, faultsAhead } from './fault-open.ts';
export { subscribe } from './subscribe.ts';
