export { clearSession, setSession } from './cookies.ts';
export {
  type Customer,
  customerCount,
  customerFind,
  customerList,
  customerRead,
  customersByIds,
  customersTake,
} from './customer-read.ts';
export { customerSeed } from './customer-seed.ts';
export { emailInvalid, emailSet } from './email-verify.ts';
export { guardianConsent } from './guardian-consent.ts';
export { checkPassword, hashPassword, passwordProblem } from './password.ts';
export { passwordIsOf } from './password-change.ts';
export { CUSTOMER_COOKIE, normalEmail, STAFF_COOKIE, wrongCredentials } from './rules.ts';
export { code, email, password } from './schemas.ts';
export { sessionActor, sessionAlive } from './session-actor.ts';
export { sessionEnd } from './session-end.ts';
export { sessionOpen } from './session-open.ts';
export { sessionsCarry } from './sessions-carry.ts';
export { staffDeviceKnown, staffSessions, staffSessionsEnd } from './staff-sessions.ts';
