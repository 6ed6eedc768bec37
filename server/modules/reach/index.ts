export { contactLend, type Lent } from './contact-ask.ts';
export { type ContactKind, contactForm, contactShown } from './contact-form.ts';
export { type Contact, contactOpen, contactsOf } from './contact-read.ts';
export { codeIsRight, contactInvalid, contactReturn } from './contact-set.ts';
export { subscribe } from './phone-follow.ts';
export { RESPONSIBILITIES, type Responsibility, responsibleOf } from './responsible.ts';
