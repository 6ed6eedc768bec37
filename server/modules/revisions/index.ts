export { disagreementOpen } from './disagreement.ts';
export { gateStanding } from './gate-standing.ts';
export { problem as revisionProblem } from './rules.ts';
export { standing, standingRead } from './standing.ts';
export { subscribe } from './subscribe.ts';
export { termsUse } from './terms-use.ts';
