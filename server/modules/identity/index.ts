export { type ContactKind, contactShown } from './contact-form.ts';
export { type Contact, contactOpen, contactsOf } from './contact-read.ts';
export { contactInvalid } from './contact-set.ts';
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
export { guardianConsent } from './guardian-consent.ts';
export { hashPassword, passwordProblem } from './password.ts';
export { CUSTOMER_COOKIE, normalEmail, STAFF_COOKIE } from './rules.ts';
export { sessionActor, sessionAlive } from './session-actor.ts';
export { sessionsCarry } from './sessions-carry.ts';
export { staffAdd, staffCount } from './staff-add.ts';
export { staffPassword } from './staff-password.ts';
