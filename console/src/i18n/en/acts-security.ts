import type { Texts } from '../shape.ts';
import type { securityActs as zh } from '../zh/acts-security.ts';

export const securityActs: Texts<typeof zh> = {
  session_proved: 'showed again who they are',
  sessions_others_ended: 'ended all other sessions',
  user_password_recovered: 'recovered the password',
  totp_enrolled: 'set up an authenticator',
  totp_removed: 'removed the authenticator',
  passkey_enrolled: 'added a passkey',
  passkey_renamed: 'renamed a passkey',
  passkey_removed: 'removed a passkey',
  passkey_counter_went_back: 'a passkey’s counter went back; it is refused',
  recovery_codes_issued: 'made recovery codes',
  recovery_code_used: 'used a recovery code',
  question_set: 'set a security question',
  question_removed: 'removed the security question',
  factors_removed: 'removed all second factors',
};
