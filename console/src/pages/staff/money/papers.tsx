import { useInfiniteQuery } from '@tanstack/react-query';
import type { TaxInvoice } from '../../../api/papers.ts';
import {
  approveContract,
  refuseContract,
  staffContractsQuery,
  staffCreditNotesQuery,
  staffInvoicesQuery,
  staffTaxQuery,
  taxIssued,
  taxRefused,
  taxReverse,
  taxReversed,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { ClauseChip } from '../../../ui/clause.tsx';
import { FileLink } from '../../../ui/file-link.tsx';
import { yuan } from '../../../ui/format.ts';
import { PagedTable } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { ContractStateTag } from '../../papers-contracts.tsx';
import { InvoiceSubject } from '../../papers-invoices.tsx';
import { TaxStateTag } from '../../papers-tax.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** Tax invoices to issue, contracts to seal, and all invoices and credit notes. */
export function StaffPapersPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('desk.papers')}
      tabs={[
        { key: 'tax', label: t('desk.taxInvoices'), children: <TaxInvoices /> },
        { key: 'contracts', label: t('desk.contracts'), children: <Contracts /> },
        { key: 'invoices', label: t('desk.invoices'), children: <Invoices /> },
        { key: 'credit-notes', label: t('papers.creditNotes'), children: <CreditNotes /> },
      ]}
    />
  );
}

function TaxInvoices() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffTaxQuery)}
      label={t('desk.taxInvoices')}
      empty={t('desk.emptyTax')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        {
          title: t('papers.titleName'),
          cell: (row) => (
            <>
              {row.title.name} <code className="small">{row.title.tax_number ?? ''}</code>
            </>
          ),
        },
        { title: t('papers.type'), cell: (row) => t(`papers.types.${row.type}`) },
        { title: t('desk.state'), cell: (row) => <TaxStateTag state={row.state} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.number ?? ''}</code> },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        { title: t('desk.act'), end: true, cell: (row) => <TaxActs row={row} /> },
      ]}
    />
  );
}

function TaxActs({ row }: { row: TaxInvoice }) {
  const { t } = useTexts();
  const refresh = [['staff', 'tax-invoices']];
  const reason = { name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') };
  const file = { name: 'file', label: t('desk.file'), kind: 'file' as const, accept: 'application/pdf' };
  const number = { name: 'number', label: t('desk.taxNumber') };
  return (
    <span className="acts">
      {row.files.map((kind) => (
        <FileLink
          key={kind}
          path={`/staff/tax-invoices/${row.id}/files/${kind}`}
          name={`${t(`papers.files.${kind}`)} ${row.number ?? ''}`}
          label={t(`papers.files.${kind}`)}
        />
      ))}
      {row.state === 'submitted' || row.state === 'issuing' ? (
        <>
          <AskButton
            label={t('desk.issued')}
            fields={[number, file]}
            act={({ number: said = '', file: pdf = '' }, key) =>
              taxIssued(row.id, { number: said, file: pdf }, key)
            }
            refresh={refresh}
          />
          <AskButton
            danger
            label={t('desk.refuse')}
            fields={[reason]}
            act={({ reason: why = '' }, key) => taxRefused(row.id, why, key)}
            refresh={refresh}
          />
        </>
      ) : null}
      {row.state === 'issued' ? (
        <AskButton
          danger
          label={t('desk.reverse')}
          fields={[reason]}
          act={({ reason: why = '' }, key) => taxReverse(row.id, why, key)}
          refresh={refresh}
        />
      ) : null}
      {row.state === 'reversing' ? (
        <AskButton
          label={t('desk.reversed')}
          fields={[number, { ...file, optional: true }]}
          act={({ number: said = '', file: pdf }, key) =>
            taxReversed(row.id, { number: said, ...(pdf ? { file: pdf } : {}) }, key)
          }
          refresh={refresh}
        />
      ) : null}
    </span>
  );
}

function Contracts() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffContractsQuery)}
      label={t('desk.contracts')}
      empty={t('desk.emptyContracts')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.requested_at} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.number}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('papers.party'), cell: (row) => row.party },
        { title: t('papers.about'), cell: (row) => t('papers.ofOrder', { number: row.order_number }) },
        { title: t('desk.state'), cell: (row) => <ContractStateTag state={row.state} /> },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) => (
            <span className="acts">
              {row.state === 'sealed' ? (
                <FileLink
                  path={`/staff/contracts/${row.id}/pdf`}
                  name={t('papers.pdfOf', { number: row.number })}
                />
              ) : null}
              {row.state === 'requested' ? (
                <>
                  <AskButton
                    label={t('desk.seal')}
                    name={`${t('desk.seal')} ${row.number}`}
                    act={(_, key) => approveContract(row.id, key)}
                    done={t('desk.done')}
                    refresh={[['staff', 'contracts']]}
                  />
                  <AskButton
                    danger
                    label={t('desk.refuse')}
                    fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') }]}
                    act={({ reason = '' }, key) => refuseContract(row.id, reason, key)}
                    refresh={[['staff', 'contracts']]}
                  />
                </>
              ) : null}
            </span>
          ),
        },
      ]}
    />
  );
}

function Invoices() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffInvoicesQuery)}
      label={t('desk.invoices')}
      empty={t('papers.emptyInvoices')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.issued_at} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.number}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('papers.about'), cell: (row) => <InvoiceSubject invoice={row} /> },
        { title: t('papers.tax'), end: true, keep: true, cell: (row) => yuan(row.tax) },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('papers.pdf'),
          end: true,
          cell: (row) => (
            <FileLink
              path={`/staff/invoices/${row.id}/pdf`}
              name={t('papers.pdfOf', { number: row.number })}
            />
          ),
        },
      ]}
    />
  );
}

function CreditNotes() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffCreditNotesQuery)}
      label={t('papers.creditNotes')}
      empty={t('papers.emptyCreditNotes')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.issued_at} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.number}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('papers.forInvoice'), cell: (row) => <code>{row.invoice_number}</code> },
        {
          title: t('desk.reason'),
          cell: (row) => (
            <>
              {row.reason}{' '}
              {row.clause ? <ClauseChip id={row.clause.clause} version={row.clause.version} /> : null}
            </>
          ),
        },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('papers.pdf'),
          end: true,
          cell: (row) => (
            <FileLink
              path={`/staff/credit-notes/${row.id}/pdf`}
              name={t('papers.pdfOf', { number: row.number })}
            />
          ),
        },
      ]}
    />
  );
}
