export type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
export {
  type Challenge,
  challengeClose,
  challengeFind,
  challengeMissed,
  challengeOpen,
  challengeOwner,
} from './challenge.ts';
export { factorsRemove } from './factors-remove.ts';
export { staffOwner, userOwner } from './owner.ts';
export { type PasskeyAsked, passkeyEnrolFinish, passkeyEnrolStart } from './passkey-enrol.ts';
export { type PasskeyPlace, passkeyPlace } from './passkey-place.ts';
export { passkeyList, passkeyRemove, passkeyRename } from './passkey-read.ts';
export { passkeyAsk, passkeyAskAnyone, passkeyVerify } from './passkey-verify.ts';
export { proveFactor, provePasskeyStart } from './prove.ts';
export { type RecoveryBegun, recoveryOpen } from './recovery.ts';
export {
  recoveryCodesIssue,
  recoveryCodesLeft,
  recoveryCodesRemove,
  recoveryCodeUse,
} from './recovery-code.ts';
export { type Factor, type Owner, type SignedInBy, wrongFactor } from './rules.ts';
export {
  challenge,
  factorGiven,
  passkeyAsked,
  passkeyAttestation,
  passkeyName,
  passkeyOptions,
  passkeyResponse,
  recoveryCode,
  secondFactorAsked,
  totpDigits,
} from './schemas.ts';
export { type FactorGiven, factorAt, factorsOf, factorVerify } from './second-factor.ts';
export { type SecurityChange, securityChanged } from './security-changed.ts';
export { signInAnswer } from './sign-in-answer.ts';
export { type SignInChallenge, type SignInEnd, signInFinish } from './sign-in-finish.ts';
export { requireStepUp, stepUp } from './step-up.ts';
export {
  type TotpEnrolment,
  totpCode,
  totpConfirm,
  totpEnrol,
  totpIsOn,
  totpRemove,
  totpSet,
  totpVerify,
} from './totp.ts';
export { deviceOf, isUnfamiliar, type Place, placeName, placeOf } from './whereabouts.ts';
