export { type ContactKind, contactShown } from './contact-form.ts';
export { type Contact, contactOpen, contactsOf } from './contact-read.ts';
export { contactInvalid } from './contact-set.ts';
