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
export { hashPassword, passwordProblem } from './password.ts';
export { passwordIsOf } from './password-change.ts';
export { CUSTOMER_COOKIE, normalEmail, STAFF_COOKIE } from './rules.ts';
export { code, email, password } from './schemas.ts';
export { sessionActor, sessionAlive } from './session-actor.ts';
export { sessionsCarry } from './sessions-carry.ts';
export { staffAdd, staffCount } from './staff-add.ts';
export { staffPassword } from './staff-password.ts';
