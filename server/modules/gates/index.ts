export { filingList, filingsWaiting } from './filing-read.ts';
export { type GateAnswer, type GateAsked, gate, gateBuy, gateEnter } from './gate.ts';
export { restrictionLift, restrictionPlace } from './restriction-place.ts';
export { restrictedAmong } from './restriction-read.ts';
export { ACTS, type Act, GATE_ACTS, type GateAct } from './rules.ts';
export { subscribe } from './subscribe.ts';
