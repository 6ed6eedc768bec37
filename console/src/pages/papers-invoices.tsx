import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { creditNotesQuery, type Invoice, invoicesQuery, lineChargesQuery } from '../api/papers.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from '../ui/clause.tsx';
import { FileLink } from '../ui/file-link.tsx';
import { parseYuan, yuan } from '../ui/format.ts';
import { PagedTable, Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

export function InvoiceList() {
  const { t } = useTexts();
  const [shown, setShown] = useState<Invoice | null>(null);
  return (
    <>
      <PagedTable
        query={useInfiniteQuery(invoicesQuery)}
        label={t('papers.invoices')}
        empty={t('papers.emptyInvoices')}
        rowKey={(invoice) => invoice.id}
        columns={[
          { title: t('papers.number'), keep: true, cell: (invoice) => <code>{invoice.number}</code> },
          { title: t('papers.issued'), keep: true, cell: (invoice) => <When at={invoice.issued_at} /> },
          { title: t('papers.about'), cell: (invoice) => <InvoiceSubject invoice={invoice} /> },
          { title: t('papers.paidBy'), cell: (invoice) => <InvoicePaid invoice={invoice} /> },
          {
            title: t('papers.amount'),
            end: true,
            keep: true,
            cell: (invoice) => <strong>{yuan(invoice.amount)}</strong>,
          },
          {
            title: t('papers.details'),
            end: true,
            cell: (invoice) => (
              <span className="acts">
                <Button
                  size="small"
                  aria-label={t('papers.invoice', { number: invoice.number })}
                  onClick={() => setShown(invoice)}
                >
                  {t('papers.details')}
                </Button>
                <FileLink
                  path={`/invoices/${invoice.id}/pdf`}
                  name={t('papers.pdfOf', { number: invoice.number })}
                />
              </span>
            ),
          },
        ]}
      />
      {shown ? <InvoiceDialog invoice={shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}

export function InvoiceSubject({ invoice }: { invoice: Pick<Invoice, 'month' | 'order_number'> }) {
  const { t } = useTexts();
  return (
    <>
      {invoice.month !== null
        ? t('papers.ofMonth', { month: invoice.month })
        : invoice.order_number === null
          ? t('papers.ofPackage')
          : t('papers.ofOrder', { number: invoice.order_number })}
    </>
  );
}

function InvoicePaid({ invoice }: { invoice: Invoice }) {
  const { t } = useTexts();
  const parts = (['cash', 'gift', 'owed', 'credited'] as const).filter(
    (part) => parseYuan(invoice[part]) !== 0n,
  );
  return (
    <span className="small soft">
      {parts.map((part) => t(`papers.${part}`, { amount: yuan(invoice[part]) })).join(' · ')}
    </span>
  );
}

function InvoiceDialog({ invoice, onClose }: { invoice: Invoice; onClose: () => void }) {
  const { t, pick } = useTexts();
  const [line, setLine] = useState<number | null>(null);
  return (
    <Modal
      open
      width={760}
      footer={null}
      title={t('papers.invoice', { number: invoice.number })}
      onCancel={onClose}
    >
      <div className="stack">
        <Table
          label={t('papers.details')}
          empty=""
          rows={invoice.lines.map((each, at) => ({ ...each, at }))}
          rowKey={(row) => row.at}
          columns={[
            { title: t('papers.line'), cell: (row) => pick(row.text) },
            {
              title: t('billing.period'),
              keep: true,
              cell: (row) => (
                <>
                  <When at={row.period_start} parts="date" /> – <When at={row.period_end} parts="date" />
                </>
              ),
            },
            {
              title: t('papers.explain'),
              cell: (row) =>
                row.charges > 0 ? (
                  <button type="button" className="link-button" onClick={() => setLine(row.at)}>
                    {t('papers.charges', { count: row.charges })}
                  </button>
                ) : null,
            },
            { title: t('papers.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
          ]}
        />
        <p className="spaced">
          <strong>{yuan(invoice.amount)}</strong>
          <span className="faint">
            {t('papers.tax')} {yuan(invoice.tax)}
          </span>
          <InvoicePaid invoice={invoice} />
        </p>
        {line === null ? null : <LineCharges invoiceId={invoice.id} line={line} />}
      </div>
    </Modal>
  );
}

/** The charges that a line of a month's invoice gathers, each of which can be explained. */
function LineCharges({ invoiceId, line }: { invoiceId: string; line: number }) {
  const { t, pick } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(lineChargesQuery(invoiceId, line))}
      label={t('usage.charges')}
      empty=""
      rowKey={(charge) => charge.id}
      columns={[
        { title: t('papers.line'), cell: (charge) => pick(charge.text) },
        { title: t('billing.period'), keep: true, cell: (charge) => <When at={charge.period_end} /> },
        { title: t('papers.amount'), end: true, keep: true, cell: (charge) => yuan(charge.amount) },
        {
          title: t('papers.explain'),
          end: true,
          cell: (charge) =>
            charge.explain.kind === 'usage' ? (
              <Link to="/billing/usage/$id" params={{ id: charge.explain.id }}>
                {t('papers.explain')}
              </Link>
            ) : null,
        },
      ]}
    />
  );
}

export function CreditNoteList() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(creditNotesQuery)}
      label={t('papers.creditNotes')}
      empty={t('papers.emptyCreditNotes')}
      rowKey={(note) => note.id}
      columns={[
        { title: t('papers.number'), keep: true, cell: (note) => <code>{note.number}</code> },
        { title: t('papers.issued'), keep: true, cell: (note) => <When at={note.issued_at} /> },
        { title: t('papers.forInvoice'), cell: (note) => <code>{note.invoice_number}</code> },
        {
          title: t('papers.reason'),
          cell: (note) => (
            <>
              {note.reason}{' '}
              {note.clause ? <ClauseChip id={note.clause.clause} version={note.clause.version} /> : null}
            </>
          ),
        },
        { title: t('papers.amount'), end: true, keep: true, cell: (note) => yuan(note.amount) },
        {
          title: t('papers.pdf'),
          end: true,
          cell: (note) => (
            <FileLink
              path={`/credit-notes/${note.id}/pdf`}
              name={t('papers.pdfOf', { number: note.number })}
            />
          ),
        },
      ]}
    />
  );
}
