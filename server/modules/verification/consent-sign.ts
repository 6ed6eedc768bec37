import { createHash } from 'node:crypto';
import { asSystem, type House } from '#kernel/house.ts';
import { printPaper } from '#kernel/paper.ts';
import { consentSet, customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { versionById } from '#modules/terms/index.ts';
import '#kernel/paper-signer.ts';
import { record } from './consent-ask.ts';
import { consentPaper } from './consent-paper.ts';
import './tables.ts';

/**
 * Writes a confirmed consent, signs and keeps it, sealed; a job, safe to run twice. The names leave the row with it:
 * they stand on the paper alone.
 */
export async function consentSign(house: House, id: string): Promise<void> {
  const row = await house.db
    .selectFrom('verification_consent')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (row.state !== 'confirmed' || !row.sealed || !row.confirmed_at) return;
  const names = JSON.parse(house.sealer.open(row.sealed, `consent:${id}`)) as Names;
  const { document, sha256: termsHash, version } = await versionById(house.db, row.terms_version);
  const brand = house.brands.get(row.brand);
  const { signer } = house.ports;
  const { fingerprint } = await signer.identity();
  const terms = { title: document.title.zh, version, sha256: termsHash };
  const { number, relation, method, phone_shown: phone, confirmed_at: confirmedAt } = row;
  const paper = consentPaper(brand, { ...{ number, relation, method, phone, confirmedAt }, names, terms });
  const bytes = await signer.sign(await printPaper(paper), confirmedAt);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await asSystem(house, row.brand, 'verification', async (tx, ctx) => {
    const signed = await tx
      .updateTable('verification_consent')
      .set({
        ...{ state: 'signed', signed_at: ctx.now, sealed: null, sha256, certificate: fingerprint },
        paper_sealed: house.sealer.seal(bytes.toString('base64'), `consent-paper:${id}`),
      })
      .where('id', '=', id)
      .where('state', '=', 'confirmed')
      .executeTakeFirst();
    if (signed.numUpdatedRows === 0n) return;
    await consentSet(tx, row.customer_id, { at: confirmedAt, reference: number });
    const { user_id: userId, email, locale } = await customerRead(tx, row.customer_id);
    const notice = await noticeSend(tx, ctx, {
      kind: 'guardian-consent-signed',
      dedupe: `guardian-consent:${id}`,
      to: { customerId: row.customer_id, userId, email, locale },
      values: { number },
    });
    await record(tx, ctx, row, 'consent.signed', { number, sha256, certificate: fingerprint }, [notice]);
  });
}

interface Names {
  minor: string;
  guardian: string;
}
