export { staffAdd, staffCount } from './staff-add.ts';
export { staffPassword } from './staff-password.ts';
