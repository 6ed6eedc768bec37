export type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
export {
  type Challenge,
  challengeClose,
  challengeFind,
  challengeMissed,
  challengeOpen,
  challengeOwner,
  challengesVoid,
  challengeTakesCode,
} from './challenge.ts';
export { factorsRemove } from './factors-remove.ts';
export { type FailedProof, failureNote } from './failure.ts';
export { factorRecord, ownOwner, staffOwner, userOwner } from './owner.ts';
export { type PasskeyAsked, passkeyEnrolFinish, passkeyEnrolStart } from './passkey-enrol.ts';
export { type PasskeyPlace, passkeyPlace } from './passkey-place.ts';
export { passkeyList, passkeyRemove, passkeyRename } from './passkey-read.ts';
export { passkeyAskAnyone, passkeyAskAt, passkeyVerify } from './passkey-verify.ts';
export { proveFactor, provePasskeyStart } from './prove.ts';
export { answerForm, questionAnswered, questionOf, questionRemove, questionSet } from './question.ts';
export {
  recoveryCodesIssue,
  recoveryCodesLeft,
  recoveryCodesRemove,
  recoveryCodeUse,
} from './recovery-code.ts';
export {
  challengeGone,
  FACTORS,
  type Factor,
  factorAsked,
  type Owner,
  QUESTIONS,
  type Question,
  wrongFactor,
} from './rules.ts';
export {
  answer,
  challenge,
  factorGiven,
  passkeyAsked,
  passkeyAttestation,
  passkeyName,
  passkeyOptions,
  passkeyResponse,
  recoveryCode,
  totpDigits,
} from './schemas.ts';
export { type FactorGiven, factorAt, factorsOf, factorVerify } from './second-factor.ts';
export { type SecurityChange, securityChanged } from './security-changed.ts';
export { requireNoFactorOwed, requireStepUp, stepUp } from './step-up.ts';
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
