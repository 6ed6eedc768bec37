export { heldPayments } from './payment-held.ts';
