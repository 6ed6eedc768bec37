import type { SealedColumn } from '#kernel/seal-rotate.ts';

/**
 * Every column whose values are sealed, and the owner that its room seals them for, so that a rotation of keys can open
 * and seal them anew. test/terms/sealed-columns.test.ts finds one that was forgotten.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  byId('compute_instance', 'sealed_access', (id) => `instance:${id}`),
  byId('enforcement_report', 'reporter', (id) => id),
  byId('funds_bank_account', 'holder_sealed', (id) => `bank-holder:${id}`),
  byId('funds_bank_account', 'number_sealed', (id) => `bank-number:${id}`),
  byId('identity_contact', 'sealed', (id) => `contact:${id}`),
];

function byId(table: string, column: string, owner: (id: string) => string): SealedColumn {
  return { table, column, key: ['id'], owner: ({ id }) => owner(id!) };
}
