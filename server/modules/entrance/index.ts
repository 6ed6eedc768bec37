export { type RecoveryBegun, recoveryOpen } from './recovery.ts';
export type { SignedInBy } from './rules.ts';
export { mailedCode, recoveryBegun, recoveryShown, secondFactorAsked } from './schemas.ts';
export { signInAnswer } from './sign-in-answer.ts';
export { type SignInChallenge, type SignInEnd, signInFinish } from './sign-in-finish.ts';
export { deviceOf, placeName } from './whereabouts.ts';
