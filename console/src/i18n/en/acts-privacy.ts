import type { Texts } from '../shape.ts';
import type { privacyActs as zh } from '../zh/acts-privacy.ts';

export const privacyActs: Texts<typeof zh> = {
  privacy_copy_asked: 'copy of personal data asked for',
  privacy_correct_asked: 'correction of personal data asked for',
  privacy_delete_asked: 'deletion of the account asked for',
  privacy_restrict_asked: 'limit on the use of data asked for',
  privacy_other_asked: 'request about personal data',
  privacy_request_done: 'request about personal data done',
  privacy_request_refused: 'request about personal data not done',
  privacy_delete_withdrawn: 'deletion taken back',
  privacy_erased: 'account and personal data erased',
  privacy_kept_erased: 'what a law kept erased on its day',
  privacy_consent_given: 'consent given',
  privacy_consent_withdrawn: 'consent withdrawn',
  privacy_limited: 'use of data limited',
  privacy_limit_lifted: 'limit on the use of data lifted',
  privacy_offer_sent: 'offer sent',
  privacy_stranger_erased: 'data of somebody without an account erased',
  breach_recorded: 'incident with personal data recorded',
  breach_agreed: 'words about an incident agreed',
  breach_telling: 'those concerned by an incident told',
  breach_authority_told: 'authority told of an incident',
  breach_closed: 'incident closed',
};
