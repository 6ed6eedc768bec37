export { movesAhead } from './move-row.ts';
export { subscribe } from './subscribe.ts';
