import { asSystem, type House } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { sellerFacts } from '#modules/invoicing/index.ts';
import type { TaxInvoiceIssuer, TaxInvoiceRequest } from './driver.ts';
import {
  type TaxInvoiceRow,
  taxInvoiceBegin,
  taxInvoiceIssued,
  taxInvoiceLock,
  taxInvoiceRefuse,
  taxInvoiceReversed,
} from './tax-invoice-turn.ts';
import './tables.ts';

/**
 * Takes an application on by what its issuing service says; runs as a job, as often as one likes. "Unknown" is sent
 * again under the same id, "working" and errors are asked again by the sweep.
 */
export async function taxInvoiceAdvance(house: House, id: string): Promise<void> {
  const issuer = house.ports.taxInvoices;
  const row = await house.db
    .selectFrom('documents_tax_invoice')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row || !issuer) return;
  if (row.state === 'submitted') await begin(house, issuer, row);
  else if (row.state === 'issuing' && row.issuer === issuer.name) await issue(house, issuer, row);
  else if (row.state === 'reversing' && row.issuer === issuer.name) await reverse(house, issuer, row);
}

/** Runs a turn on the row as it is now, unless it is another's turn already. */
function turn(
  house: House,
  row: TaxInvoiceRow,
  work: (...args: [...Parameters<Parameters<typeof asSystem>[3]>, TaxInvoiceRow]) => Promise<void>,
): Promise<void> {
  return asSystem(house, row.brand, 'tax-invoices', async (tx, ctx) => {
    const now = await taxInvoiceLock(tx, ctx, row.id);
    if (now.state === row.state) await work(tx, ctx, now);
  });
}

/** On record before the service hears of it: whatever happens to us then, it is asked. */
async function begin(house: House, issuer: TaxInvoiceIssuer, row: TaxInvoiceRow): Promise<void> {
  await turn(house, row, (tx, ctx, now) =>
    taxInvoiceBegin(tx, ctx, now, issuer.name, addMinutes(ctx.now, 1)),
  );
  const begun = await house.db
    .selectFrom('documents_tax_invoice')
    .selectAll()
    .where('id', '=', row.id)
    .executeTakeFirstOrThrow();
  if (begun.state !== 'issuing' || begun.issuer !== issuer.name) return;
  await issuer.submit(await requestOf(house, begun));
}

async function issue(house: House, issuer: TaxInvoiceIssuer, row: TaxInvoiceRow): Promise<void> {
  const facts = await issuer.query(row.id);
  if (facts.state === 'unknown') await issuer.submit(await requestOf(house, row));
  else if (facts.state === 'refused')
    await turn(house, row, (tx, ctx, now) => taxInvoiceRefuse(tx, ctx, now, facts.reason));
  else if (facts.state === 'done') {
    const file = await issuer.file(facts.number);
    const paper = { issuer: issuer.name, number: facts.number, at: facts.at, file };
    await turn(house, row, (tx, ctx, now) => taxInvoiceIssued(tx, ctx, now, paper));
  }
}

async function reverse(house: House, issuer: TaxInvoiceIssuer, row: TaxInvoiceRow): Promise<void> {
  const facts = await issuer.queryReversal(row.id);
  if (facts.state === 'unknown')
    await issuer.reverse({ id: row.id, number: row.number!, reason: row.reason ?? '' });
  else if (facts.state === 'done') {
    const file = await issuer.file(facts.number);
    const paper = { number: facts.number, at: facts.at, file };
    await turn(house, row, (tx, ctx, now) => taxInvoiceReversed(tx, ctx, now, paper));
  } else if (facts.state === 'refused') {
    house.log.error(
      { tax_invoice: row.id, reason: facts.reason },
      'the issuing service refuses a red-letter invoice',
    );
  }
}

async function requestOf(house: House, row: TaxInvoiceRow): Promise<TaxInvoiceRequest> {
  const title = await house.db
    .selectFrom('documents_title')
    .selectAll()
    .where('id', '=', row.title_id)
    .executeTakeFirstOrThrow();
  const { legal, brand } = sellerFacts(house.brands.get(row.brand));
  return {
    id: row.id,
    type: row.type,
    amount: row.amount_micro,
    title: {
      kind: title.kind,
      name: title.name,
      taxNumber: title.tax_number,
      address: title.address,
      phone: title.phone,
      bank: title.bank,
      bankAccount: title.bank_account,
    },
    seller: { name: legal?.name.zh ?? brand.zh, taxNumber: legal?.tax_number ?? null },
  };
}
