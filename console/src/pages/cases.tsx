import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { answerInquiry, appealCase, caseQuery, casesQuery, type OwnCase } from '../api/cases.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { CaseStateTag } from '../ui/case-state.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { Facts, Page, Panel } from '../ui/kit.tsx';
import { MeasuresTable } from '../ui/measures.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

const REFRESH = [['cases']];

/** A customer's cases. */
export function CasesPage() {
  const { t } = useTexts();
  return (
    <Page title={t('cases.title')} lead={t('cases.lead')}>
      <Panel>
        <PagedTable
          query={useInfiniteQuery(casesQuery)}
          label={t('cases.title')}
          empty={t('cases.empty')}
          rowKey={(row) => row.id}
          columns={[
            { title: t('cases.opened'), keep: true, cell: (row) => <When at={row.opened_at} /> },
            {
              title: t('cases.summary'),
              cell: (row) => (
                <Link to="/cases/$id" params={{ id: row.id }}>
                  {row.summary}
                </Link>
              ),
            },
            {
              title: t('cases.clause'),
              keep: true,
              cell: (row) => <ClauseChip id={row.clause} version={row.terms_version} />,
            },
            { title: t('cases.state'), cell: (row) => <CaseStateTag state={row.state} /> },
          ]}
        />
      </Panel>
    </Page>
  );
}

/** One of them: what is said, what was done, and where to answer. */
export function CasePage() {
  const { id } = useParams({ from: '/console/cases/$id' });
  return <QueryState query={useQuery(caseQuery(id))}>{(found) => <Whole found={found} />}</QueryState>;
}

function Whole({ found }: { found: OwnCase }) {
  const { t } = useTexts();
  return (
    <Page title={found.summary} actions={<Appeal found={found} />}>
      <div className="stack">
        <Panel>
          <Facts
            items={[
              [t('cases.state'), <CaseStateTag key="state" state={found.state} />],
              [
                t('cases.clause'),
                <ClauseChip key="clause" id={found.clause} version={found.terms_version} />,
              ],
              [t('cases.origin'), t(`caseOrigin.${found.origin}`)],
              [t('cases.opened'), <When key="opened" at={found.opened_at} />],
              [t('cases.decision'), found.decision ?? '—'],
              [
                t('cases.appeal'),
                found.appeal ? `${t(`appealState.${found.appeal.state}`)} · ${found.appeal.text}` : '—',
              ],
            ]}
          />
        </Panel>
        <Panel title={t('cases.measures')}>
          <MeasuresTable rows={found.measures} version={found.terms_version} />
        </Panel>
        {found.inquiries.length > 0 ? <Inquiries found={found} /> : null}
      </div>
    </Page>
  );
}

function Appeal({ found }: { found: OwnCase }) {
  const { t } = useTexts();
  if (found.state !== 'breach' || found.appeal) return null;
  return (
    <AskButton
      strong
      label={t('cases.appeal')}
      fields={[{ name: 'text', label: t('cases.appealText'), kind: 'area' }]}
      act={({ text = '' }) => appealCase({ id: found.id, text })}
      done={t('cases.appealed')}
      refresh={REFRESH}
    />
  );
}

function Inquiries({ found }: { found: OwnCase }) {
  const { t } = useTexts();
  return (
    <Panel title={t('cases.inquiries')}>
      <Table
        label={t('cases.inquiries')}
        empty=""
        rows={found.inquiries}
        rowKey={(row) => row.id}
        columns={[
          { title: t('cases.asked'), cell: (row) => row.question },
          { title: t('cases.answerUntil'), keep: true, cell: (row) => <When at={row.answer_until} /> },
          {
            title: t('cases.answer'),
            end: true,
            cell: (row) =>
              row.answer ??
              (row.lapsed_at ? (
                t('cases.noAnswer')
              ) : (
                <AskButton
                  strong
                  label={t('cases.answer')}
                  text={row.question}
                  fields={[{ name: 'text', label: t('cases.answer'), kind: 'area' }]}
                  act={({ text = '' }, key) => answerInquiry({ id: row.id, text }, key)}
                  done={t('cases.answered')}
                  refresh={REFRESH}
                />
              )),
          },
        ]}
      />
    </Panel>
  );
}
