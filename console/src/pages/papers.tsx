import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { MoneyNav } from '../ui/money-nav.tsx';
import { ContractsTab } from './papers-contracts.tsx';
import { CreditNoteList, InvoiceList } from './papers-invoices.tsx';
import { TaxInvoicesTab, TitlesTab } from './papers-tax.tsx';

/** Everything that is on paper: invoices, credit notes, tax invoices, contracts. */
export function PapersPage() {
  const { t } = useTexts();
  const { tab = 'invoices' } = useSearch({ from: '/console/billing/papers' });
  const navigate = useNavigate();
  const kinds = useSuspenseQuery(termsQuery).data.parameters.documents?.kinds ?? [];
  return (
    <Page title={t('papers.title')} lead={t(kinds.length > 0 ? 'papers.lead' : 'papers.leadInvoices')}>
      <MoneyNav />
      <Panel>
        <Tabs
          activeKey={tab}
          destroyOnHidden
          onChange={(next) => navigate({ to: '/billing/papers', search: { tab: next }, replace: true })}
          items={[
            { key: 'invoices', label: t('papers.invoices'), children: <InvoiceList /> },
            { key: 'credit-notes', label: t('papers.creditNotes'), children: <CreditNoteList /> },
            ...(kinds.includes('tax-invoice')
              ? [{ key: 'tax-invoices', label: t('papers.taxInvoices'), children: <TaxInvoicesTab /> }]
              : []),
            ...(kinds.includes('contract')
              ? [{ key: 'contracts', label: t('papers.contracts'), children: <ContractsTab /> }]
              : []),
            ...(kinds.length > 0
              ? [{ key: 'titles', label: t('papers.titles'), children: <TitlesTab /> }]
              : []),
          ]}
        />
      </Panel>
    </Page>
  );
}
