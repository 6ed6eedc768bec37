import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  addFiling,
  FILING_KINDS,
  type Filing,
  filingsQuery,
  type Gate,
  gatesQuery,
  withdrawFiling,
} from '../api/gates.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';

/** What this customer may do now, and what stands in the way. */
export function MayDo() {
  const { t } = useTexts();
  return (
    <Panel title={t('gates.title')} lead={t('gates.lead')}>
      <QueryState query={useQuery(gatesQuery)}>{({ items }) => <GatesTable items={items} />}</QueryState>
    </Panel>
  );
}

export function GatesTable({ items }: { items: readonly Gate[] }) {
  const { t } = useTexts();
  return (
    <Table
      label={t('gates.title')}
      empty={t('app.empty')}
      rows={[...items]}
      rowKey={({ act }) => act}
      columns={[
        { title: t('gates.act'), keep: true, cell: ({ act }) => t(`gates.acts.${act}`) },
        {
          title: t('gates.answer'),
          keep: true,
          cell: ({ open }) => (
            <Toned tone={open ? 'good' : 'warn'}>{t(open ? 'gates.open' : 'gates.shut')}</Toned>
          ),
        },
        {
          title: t('gates.clause'),
          cell: ({ shut }) =>
            shut?.clause ? <ClauseChip id={shut.clause.id} version={shut.clause.version} /> : null,
        },
        {
          title: t('gates.opens'),
          keep: true,
          cell: ({ shut }) =>
            shut ? (
              <>
                <strong>{shut.title}</strong> <span className="small">{shut.opens}</span>
              </>
            ) : null,
        },
      ]}
    />
  );
}

/** With the reason, where it doesn't count. */
export function FilingState({ filing }: { filing: Filing }) {
  const { t } = useTexts();
  const { state, decision_reason } = filing;
  const tone = {
    waiting: 'busy',
    approved: 'good',
    refused: 'bad',
    expired: 'warn',
    withdrawn: 'none',
    revoked: 'bad',
  } as const;
  return (
    <>
      <Toned tone={tone[state]}>{t(`filings.states.${state}`)}</Toned>
      {tone[state] === 'bad' && decision_reason ? <div className="faint small">{decision_reason}</div> : null}
    </>
  );
}

/** The register of the customer's sites. */
export function Filings() {
  const { t } = useTexts();
  const refresh = [['filings'], ['gates']];
  return (
    <Panel
      title={t('filings.title')}
      lead={t('filings.lead')}
      aside={
        <AskButton
          label={t('filings.add')}
          fields={[
            {
              name: 'kind',
              label: t('filings.kind'),
              kind: 'choice',
              choices: FILING_KINDS.map((value) => ({ value, label: t(`filings.kinds.${value}`) })),
            },
            { name: 'number', label: t('filings.number') },
            { name: 'domain', label: t('filings.domain') },
            { name: 'subject', label: t('filings.subject') },
            { name: 'valid_until', label: t('filings.untilOrOpen'), kind: 'date', optional: true },
          ]}
          act={({ kind = '', number = '', domain = '', subject = '', valid_until }, key) =>
            addFiling(
              { kind: kind as Filing['kind'], number, domain, subject, valid_until: valid_until ?? null },
              key,
            )
          }
          done={t('filings.added')}
          refresh={refresh}
        />
      }
    >
      <PagedTable
        query={useInfiniteQuery(filingsQuery)}
        label={t('filings.title')}
        empty={t('filings.empty')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('filings.domain'), keep: true, cell: ({ domain }) => domain },
          { title: t('filings.kind'), keep: true, cell: ({ kind }) => t(`filings.kinds.${kind}`) },
          { title: t('filings.number'), cell: ({ number }) => number },
          { title: t('filings.validUntil'), cell: (row) => row.valid_until ?? t('filings.noEnd') },
          { title: t('filings.state'), keep: true, cell: (row) => <FilingState filing={row} /> },
          {
            title: t('filings.withdraw'),
            end: true,
            cell: ({ id, domain, state }) =>
              state === 'waiting' || state === 'approved' ? (
                <AskButton
                  label={t('filings.withdraw')}
                  name={t('filings.withdrawOf', { domain })}
                  act={() => withdrawFiling(id)}
                  done={t('filings.withdrawn')}
                  refresh={refresh}
                />
              ) : null,
          },
        ]}
      />
    </Panel>
  );
}
