import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  addTitle,
  cancelTaxInvoice,
  removeTitle,
  type TaxInvoice,
  taxableQuery,
  taxInvoicesQuery,
  titlesQuery,
} from '../api/papers.ts';
import { TaxInvoiceApplyForm } from '../forms/tax-invoice-apply.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton, type AskField } from '../ui/ask.tsx';
import { FileLink } from '../ui/file-link.tsx';
import { yuan } from '../ui/format.ts';
import { SandboxNote } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

/** 发票: what can be invoiced, the application, and how each one stands. */
export function TaxInvoicesTab() {
  const { t } = useTexts();
  const available = useQuery(taxableQuery);
  const titles = useQuery(titlesQuery);
  return (
    <div className="stack">
      <QueryState query={available}>
        {(found) => (
          <>
            {found.sandbox ? <SandboxNote>{t('papers.sandbox')}</SandboxNote> : null}
            <p>
              {t('papers.available')} <strong style={{ fontSize: 20 }}>{yuan(found.total)}</strong>{' '}
              <span className="faint small">{t('papers.availableNote')}</span>
            </p>
            <QueryState query={titles}>
              {({ items }) =>
                items.length === 0 ? (
                  <p className="soft">
                    {t('papers.needTitle')} <AddTitle />
                  </p>
                ) : (
                  <TaxInvoiceApplyForm available={found} titles={items} />
                )
              }
            </QueryState>
          </>
        )}
      </QueryState>
      <TaxInvoiceList />
    </div>
  );
}

const TAX_TONES = {
  submitted: 'busy',
  issuing: 'busy',
  issued: 'good',
  refused: 'bad',
  cancelled: 'none',
  reversing: 'busy',
  reversed: 'none',
} as const;

export function TaxStateTag({ state }: { state: TaxInvoice['state'] }) {
  const { t } = useTexts();
  return <Toned tone={TAX_TONES[state]}>{t(`taxState.${state}`)}</Toned>;
}

function TaxInvoiceList() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery({ ...taxInvoicesQuery, refetchInterval: 15_000 })}
      label={t('papers.taxInvoices')}
      empty={t('papers.emptyTaxInvoices')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('billing.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
        { title: t('papers.titleName'), cell: (row) => row.title.name },
        { title: t('papers.type'), cell: (row) => t(`papers.types.${row.type}`) },
        {
          title: t('papers.state'),
          cell: (row) => (
            <>
              <TaxStateTag state={row.state} />
              {row.reason ? <div className="faint small">{row.reason}</div> : null}
            </>
          ),
        },
        { title: t('papers.number'), cell: (row) => <code>{row.number ?? ''}</code> },
        { title: t('papers.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('papers.pdf'),
          end: true,
          cell: (row) => (
            <span className="acts">
              {row.files.map((file) => (
                <FileLink
                  key={file}
                  path={`/tax-invoices/${row.id}/files/${file}`}
                  name={`${t(`papers.files.${file}`)} ${row.number ?? ''}`}
                  label={t(`papers.files.${file}`)}
                />
              ))}
              {row.state === 'submitted' ? (
                <AskButton
                  label={t('papers.cancel')}
                  text={t('papers.cancelText')}
                  act={(_, key) => cancelTaxInvoice({ id: row.id }, key)}
                  refresh={[['tax-invoices']]}
                />
              ) : null}
            </span>
          ),
        },
      ]}
    />
  );
}

function useTitleFields(): AskField[] {
  const { t } = useTexts();
  const forSpecial = (name: string) => t('papers.optional', { name });
  return [
    {
      name: 'kind',
      label: t('papers.kind'),
      kind: 'choice',
      initial: 'company',
      choices: (['company', 'person'] as const).map((value) => ({
        value,
        label: t(`papers.kinds.${value}`),
      })),
    },
    { name: 'name', label: t('papers.titleName') },
    { name: 'tax_number', label: t('papers.taxNumber'), hint: t('papers.taxNumberInvalid'), optional: true },
    { name: 'address', label: forSpecial(t('papers.address')), optional: true },
    { name: 'phone', label: forSpecial(t('papers.phone')), optional: true },
    { name: 'bank', label: forSpecial(t('papers.bank')), optional: true },
    { name: 'bank_account', label: forSpecial(t('papers.bankAccount')), optional: true },
  ];
}

function AddTitle() {
  const { t } = useTexts();
  return (
    <AskButton
      label={t('papers.addTitle')}
      fields={useTitleFields()}
      act={({ kind, name = '', ...rest }, key) =>
        addTitle({ kind: kind === 'person' ? 'person' : 'company', name, ...rest }, key)
      }
      done={t('papers.titleAdded')}
      refresh={[['invoice-titles']]}
    />
  );
}

export function TitlesTab() {
  const { t } = useTexts();
  return (
    <div className="stack">
      <p>
        <AddTitle />
      </p>
      <QueryState query={useQuery(titlesQuery)}>
        {({ items }) => (
          <Table
            label={t('papers.titles')}
            empty={t('papers.emptyTitles')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('papers.titleName'), cell: (row) => <strong>{row.name}</strong> },
              { title: t('papers.kind'), cell: (row) => t(`papers.kinds.${row.kind}`) },
              { title: t('papers.taxNumber'), cell: (row) => <code>{row.tax_number ?? ''}</code> },
              {
                title: t('papers.bank'),
                cell: (row) => [row.bank, row.bank_account].filter(Boolean).join(' '),
              },
              {
                title: t('papers.address'),
                cell: (row) => [row.address, row.phone].filter(Boolean).join(' '),
              },
              {
                title: t('papers.remove'),
                end: true,
                cell: (row) => (
                  <AskButton
                    danger
                    label={t('papers.remove')}
                    name={t('papers.removeTitle', { name: row.name })}
                    text={t('papers.removeTitleText')}
                    act={(_, key) => removeTitle({ id: row.id }, key)}
                    refresh={[['invoice-titles']]}
                  />
                ),
              },
            ]}
          />
        )}
      </QueryState>
    </div>
  );
}
