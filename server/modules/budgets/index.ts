export { spendingStopped } from './spending-stop.ts';
export { subscribe } from './subscribe.ts';
