import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  type AbuseReport,
  abuseReportsQuery,
  handleReport,
  openCase,
  staffCasesQuery,
} from '../../api/cases.ts';
import { termsQuery } from '../../api/queries.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton, type AskField } from '../../ui/ask.tsx';
import { CaseStateTag } from '../../ui/case-state.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

const REFRESH = [
  ['staff', 'cases'],
  ['staff', 'abuse'],
];

export function StaffCasesPage() {
  const { t } = useTexts();
  return (
    <Page title={t('cases.all')} actions={<Open />}>
      <div className="stack">
        <Panel title={t('cases.all')}>
          <PagedTable
            query={useInfiniteQuery(staffCasesQuery)}
            label={t('cases.all')}
            empty={t('cases.empty')}
            rowKey={(row) => row.id}
            columns={[
              { title: t('cases.opened'), keep: true, cell: (row) => <When at={row.opened_at} /> },
              {
                title: t('cases.summary'),
                cell: (row) => (
                  <Link to="/staff/cases/$id" params={{ id: row.id }}>
                    {row.summary}
                  </Link>
                ),
              },
              { title: t('cases.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
              { title: t('cases.origin'), cell: (row) => t(`caseOrigin.${row.origin}`) },
              {
                title: t('cases.clause'),
                keep: true,
                cell: (row) => <ClauseChip id={row.clause} version={row.terms_version} />,
              },
              { title: t('cases.state'), cell: (row) => <CaseStateTag state={row.state} /> },
            ]}
          />
        </Panel>
        <Reports />
      </div>
    </Page>
  );
}

/** Whom and what a case is about. */
function useCaseFields(): AskField[] {
  const { t, pick } = useTexts();
  const { enforcement } = useSuspenseQuery(termsQuery).data.parameters;
  const choices = (enforcement?.categories ?? []).map(({ id, name }) => ({ value: id, label: pick(name) }));
  return [
    { name: 'customer', label: t('cases.customerId') },
    { name: 'service', label: t('cases.serviceId'), optional: true },
    { name: 'category', label: t('cases.category'), kind: 'choice', choices },
    { name: 'summary', label: t('cases.summary') },
  ];
}

function Open() {
  const { t } = useTexts();
  const fields = useCaseFields();
  const origins = (['staff', 'authority'] as const).map((value) => ({
    value,
    label: t(`caseOrigin.${value}`),
  }));
  return (
    <AskButton
      strong
      label={t('cases.open')}
      fields={[
        ...fields,
        { name: 'origin', label: t('cases.origin'), kind: 'choice', choices: origins, initial: 'staff' },
        { name: 'note', label: t('cases.note'), kind: 'area', optional: true },
      ]}
      act={({ customer = '', service, category = '', summary = '', origin, note }, key) =>
        openCase(
          {
            customer,
            service_id: service ?? null,
            category,
            summary,
            origin: origin === 'authority' ? 'authority' : 'staff',
            note: note ?? null,
          },
          key,
        )
      }
      done={t('cases.done')}
      refresh={REFRESH}
    />
  );
}

const TONES = { new: 'busy', taken: 'warn', dismissed: 'none' } as const;

function Reports() {
  const { t } = useTexts();
  return (
    <Panel title={t('cases.reports')}>
      <PagedTable
        query={useInfiniteQuery(abuseReportsQuery)}
        label={t('cases.reports')}
        empty={t('cases.reportsEmpty')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('cases.opened'), keep: true, cell: (row) => <When at={row.at} /> },
          { title: t('cases.about'), cell: (row) => row.about },
          { title: t('cases.what'), cell: (row) => row.text },
          { title: t('cases.reporter'), cell: (row) => row.reporter },
          {
            title: t('cases.state'),
            cell: (row) => (
              <span className={`state state-${TONES[row.state]}`}>{t(`abuseState.${row.state}`)}</span>
            ),
          },
          {
            title: t('cases.take'),
            end: true,
            cell: (row) => (row.state === 'new' ? <Handle row={row} /> : null),
          },
        ]}
      />
    </Panel>
  );
}

function Handle({ row }: { row: AbuseReport }) {
  const { t } = useTexts();
  const fields = useCaseFields().map((field) =>
    field.name === 'category' ? { ...field, initial: row.category } : field,
  );
  return (
    <>
      <AskButton
        label={t('cases.take')}
        fields={fields}
        act={({ customer = '', service, category = '', summary = '' }, key) =>
          handleReport(
            { id: row.id, case: { customer_id: customer, service_id: service ?? null, category, summary } },
            key,
          )
        }
        done={t('cases.done')}
        refresh={REFRESH}
      />
      <AskButton
        label={t('cases.dismiss')}
        act={(_, key) => handleReport({ id: row.id, case: null }, key)}
        done={t('cases.done')}
        refresh={REFRESH}
      />
    </>
  );
}
