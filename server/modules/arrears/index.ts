export { subjectErased } from './account-erase.ts';
export { type Account, accountFind, type Freeze, freezeStanding } from './account-row.ts';
export { type ArrearsState, arrearsState, arrearsStates, requireRunning } from './arrears-state.ts';
export { customerPolicy, endClause, eraseClause } from './policy.ts';
export { monthEnd, standingAndRate } from './standing.ts';
export { subscribe } from './subscribe.ts';
