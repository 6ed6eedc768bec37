export { codeIssue } from './code-issue.ts';
export { clearSession, cookieName, setSession } from './cookies.ts';
export {
  type Customer,
  customerCount,
  customerFind,
  customerList,
  customerRead,
  customersByIds,
  customersTake,
  userByEmail,
  userSigningIn,
} from './customer-read.ts';
export { customerSeed } from './customer-seed.ts';
export { emailInvalid, emailSet, emailVerify } from './email-verify.ts';
export {
  customersOfUser,
  type Given,
  type Member,
  memberAdd,
  memberDrop,
  memberOf,
  memberSet,
  membersForget,
  membersOf,
  secondFactorRequired,
  secondFactorSet,
  sessionStand,
} from './members.ts';
export {
  checkPassword,
  hashing,
  hashPassword,
  hashSecret,
  PASSWORD_COST,
  passwordProblem,
  strengthened,
} from './password.ts';
export {
  emailProved,
  passwordChange,
  passwordIsOf,
  passwordStrengthen,
  userSessionsEnd,
} from './password-change.ts';
export { phoneHeld, phoneSet, phoneSignUp, phoneUnset, userByPhone } from './phone.ts';
export {
  CUSTOMER_COOKIE,
  grantOf,
  normalEmail,
  ROLES,
  type Role,
  STAFF_COOKIE,
  wrongCredentials,
} from './rules.ts';
export { code, email, locale, newPassword, password } from './schemas.ts';
export { grantOfMember, sessionActor, sessionAlive } from './session-actor.ts';
export { sessionEnd } from './session-end.ts';
export { userSessions } from './session-list.ts';
export { type OpenedSession, sessionOpen } from './session-open.ts';
export { sessionFactorAt, sessionFactorShown, sessionProve, sessionProvedAt } from './session-prove.ts';
export { sessionsCarry } from './sessions-carry.ts';
export { signUp } from './sign-up.ts';
export { staffDeviceKnown, staffSessions, staffSessionsEnd } from './staff-sessions.ts';
export { customerOfUser, userRead } from './user-read.ts';
export { cameOfAge, consentSet, verifiedSet } from './verified-set.ts';
