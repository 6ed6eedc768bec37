export { factorReset } from './factor-reset.ts';
export { memberErased, memberGone, newPassword } from './member.ts';
export { type StaffActor, staffActor } from './staff-actor.ts';
export { staffAdd, staffCount } from './staff-add.ts';
export { staffByEmail, staffPassword } from './staff-password.ts';
export type { StaffTold } from './told.ts';
export { visitActor } from './visit-read.ts';
