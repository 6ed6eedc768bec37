import type { Tx } from '#kernel/db.ts';
import './tables.ts';

/** What verification, above, found: only that and how, and whether the person is of age (蓝天云 2.2). */
export async function verifiedSet(
  tx: Tx,
  customerId: string,
  found: { at: Date; method: string; minor: boolean; kind: 'person' | 'company' } | null,
): Promise<void> {
  await tx
    .updateTable('identity_customer')
    .set(
      found
        ? {
            real_name_passed_at: found.at,
            real_name_method: found.method,
            minor: found.minor,
            kind: found.kind,
          }
        : { real_name_passed_at: null, real_name_method: null },
    )
    .where('id', '=', customerId)
    .execute();
}

/** Who was a minor when it was verified isn't any more. */
export async function cameOfAge(tx: Tx, customerId: string): Promise<void> {
  await tx.updateTable('identity_customer').set({ minor: false }).where('id', '=', customerId).execute();
}

/** A guardian's consent is on file under this reference from now on; null: it isn't any more. */
export async function consentSet(
  tx: Tx,
  customerId: string,
  consent: { at: Date; reference: string } | null,
): Promise<void> {
  await tx
    .updateTable('identity_customer')
    .set({
      guardian_consent_at: consent?.at ?? null,
      guardian_consent_reference: consent?.reference ?? null,
    })
    .where('id', '=', customerId)
    .execute();
}
