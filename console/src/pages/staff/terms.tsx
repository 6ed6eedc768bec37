import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { disagreementsQuery, staffRevisionsQuery } from '../../api/terms.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { PagedTable, Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

/** Versions of the brand's terms, who stands under which, and who disagrees. */
export function StaffTermsPage() {
  const { t } = useTexts();
  const revisions = useQuery(staffRevisionsQuery);
  return (
    <Page title={t('revisions.staffTitle')} lead={t('revisions.staffLead')}>
      <div className="stack">
        <Panel>
          <QueryState query={revisions}>
            {({ items }) => (
              <Table
                label={t('revisions.staffTitle')}
                empty="—"
                rows={items}
                rowKey={(each) => each.version}
                columns={[
                  {
                    title: t('account.version'),
                    keep: true,
                    cell: (each) => (
                      <>
                        {each.replaces ? (
                          <Link to="/terms/revisions/$version" params={{ version: each.version }}>
                            {each.version}
                          </Link>
                        ) : (
                          each.version
                        )}{' '}
                        <span className="label">
                          {t(each.in_force ? 'revisions.inForce' : 'revisions.ahead')}
                        </span>
                      </>
                    ),
                  },
                  { title: t('revisions.announcedAt'), cell: (each) => <When at={each.announced_at} /> },
                  { title: t('revisions.effectiveAt'), cell: (each) => <When at={each.effective_at} /> },
                  { title: t('revisions.confirmed'), end: true, cell: (each) => each.confirmed },
                  { title: t('revisions.used'), end: true, cell: (each) => each.by_use },
                  { title: t('revisions.against'), end: true, cell: (each) => each.disagree },
                ]}
              />
            )}
          </QueryState>
        </Panel>
        <Disagreements />
      </div>
    </Page>
  );
}

function Disagreements() {
  const { t } = useTexts();
  const query = useInfiniteQuery(disagreementsQuery);
  return (
    <Panel title={t('revisions.disagreements')}>
      <PagedTable
        query={query}
        label={t('revisions.disagreements')}
        empty={t('revisions.disagreementsEmpty')}
        rowKey={(each) => each.id}
        columns={[
          {
            title: t('revisions.customer'),
            cell: (each) => (
              <Link to="/staff/customers/$id" params={{ id: each.customer_id }}>
                {each.email}
              </Link>
            ),
          },
          { title: t('account.version'), keep: true, cell: (each) => `${each.version} § ${each.clause}` },
          { title: t('revisions.at'), cell: (each) => <When at={each.at} /> },
          { title: t('revisions.ends'), cell: (each) => <When at={each.end_at} /> },
          { title: t('revisions.state'), cell: (each) => t(`revisions.states.${each.state}`) },
        ]}
      />
    </Panel>
  );
}
