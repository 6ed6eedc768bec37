export { freezeDecide } from './freeze-decide.ts';
export { freezePlace } from './freeze-place.ts';
export { freezeList, freezeLock } from './freeze-row.ts';
export { moneyFrozen } from './money-frozen.ts';
export { problem as fundsProblem } from './rules.ts';
export { subscribe } from './subscribe.ts';
export { withdrawalsOpen } from './withdrawal-row.ts';
