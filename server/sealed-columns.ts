import type { SealedColumn } from '#kernel/seal-rotate.ts';

/**
 * Every column whose values are sealed, and the owner that its room seals them for, so that a rotation of keys can open
 * and seal them anew. test/terms/sealed-columns.test.ts finds one that was forgotten.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  byId('authorities_request', 'file_sealed', (id) => `authorities-file:${id}`),
  byId('compute_instance', 'sealed_access', (id) => `instance:${id}`),
  byId('enforcement_report', 'reporter', (id) => id),
  byId('factors_totp', 'secret_sealed', (id) => `totp:${id}`),
  byId('federation_phone_code', 'sealed', (id) => `phone-code:${id}`),
  byId('funds_bank_account', 'holder_sealed', (id) => `bank-holder:${id}`),
  byId('funds_bank_account', 'number_sealed', (id) => `bank-number:${id}`),
  byId('identity_contact', 'sealed', (id) => `contact:${id}`),
  byId('keys_key', 'secret_sealed', (id) => `keys_key:${id}`),
  byId('privacy_copy', 'html_sealed', (id) => `privacy-html:${id}`),
  byId('privacy_copy', 'json_sealed', (id) => `privacy-json:${id}`),
  byId('privacy_request', 'contact_sealed', (id) => `privacy-contact:${id}`),
  byId('privacy_request', 'text_sealed', (id) => `privacy-text:${id}`),
  byId('reach_profile', 'address_sealed', (id) => `profile-address:${id}`),
  byId('reach_profile', 'full_name_sealed', (id) => `profile-name:${id}`),
  byId('reach_responsible', 'phone_sealed', (id) => `responsible:${id}`),
  byId('verification_consent', 'paper_sealed', (id) => `consent-paper:${id}`),
  byId('verification_consent', 'sealed', (id) => `consent:${id}`),
  byId('verification_review', 'sealed', (id) => `review:${id}`),
  byId('verification_review_file', 'sealed', (id) => `review-file:${id}`),
];

function byId(table: string, column: string, owner: (id: string) => string): SealedColumn {
  return { table, column, key: ['id'], owner: ({ id }) => owner(id!) };
}
