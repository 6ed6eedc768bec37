export { pushesAhead } from './push-read.ts';
export { subscribe } from './subscribe.ts';
