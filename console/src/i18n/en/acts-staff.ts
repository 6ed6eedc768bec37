import type { Texts } from '../shape.ts';
import type { staffActs as zh } from '../zh/acts-staff.ts';

export const staffActs: Texts<typeof zh> = {
  staff_acted: 'A repeated act that changed nothing',
  staff_roles_set: 'Roles of staff set',
  staff_password_changed: 'Own password of staff changed',
  staff_role_made: 'Role made',
  staff_role_changed: 'Role changed',
  staff_role_ended: 'Role deleted',
  staff_erased: 'Personal data of somebody who left erased',
  staff_left: 'Member of staff left',
  staff_factor_refused: 'Second factor of staff refused',
  staff_factor_reset_asked: 'Reset of a second factor asked for',
  staff_factor_reset_refused: 'Reset of a second factor refused',
  staff_factor_reset: 'Second factor reset',
  staff_sessions_ended: 'Sessions of staff ended',
  customer_visited: 'Staff logged in as the customer',
  customer_visit_ended: 'Staff left the customer’s place',
};
