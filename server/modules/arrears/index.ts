export { subjectErased } from './account-erase.ts';
export { type ArrearsState, arrearsState, arrearsStates, requireRunning } from './arrears-state.ts';
export { customerPolicy } from './policy.ts';
export { subscribe } from './subscribe.ts';
