import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  confirmDraft,
  type Draft,
  dismissDraft,
  draftsQuery,
  nodesUptimeQuery,
  type OutageSaid,
  staffOutagesQuery,
} from '../../api/outages.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { SeenMonths } from '../uptime.tsx';

/** Nodes that didn't answer for too long, until staff say what it was; and what was seen of each node by the month. */
export function Drafts() {
  const { t } = useTexts();
  return (
    <div className="stack">
      <p>{t('outages.draftsLead')}</p>
      <PagedTable
        query={useInfiniteQuery({ ...draftsQuery, refetchInterval: 30_000 })}
        label={t('outages.drafts')}
        empty={t('outages.draftsNone')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('outages.node'), keep: true, cell: (row) => row.node.name },
          { title: t('outages.from'), keep: true, cell: (row) => <When at={row.from} /> },
          { title: t('outages.until'), cell: (row) => <Until row={row} /> },
          { title: t('outages.affected'), cell: (row) => row.services.map(({ label }) => label).join(', ') },
          { title: t('outages.others'), end: true, cell: (row) => row.others_answered },
          {
            title: t('outages.act'),
            end: true,
            keep: true,
            cell: (row) => (row.state === 'open' ? <Acts row={row} /> : <Decided row={row} />),
          },
        ]}
      />
      <QueryState query={useQuery(nodesUptimeQuery)}>
        {({ items }) =>
          items.map(({ node, months }) => (
            <section key={node.id}>
              <h3>{node.name}</h3>
              <SeenMonths label={`${t('outages.uptime')} ${node.name}`} months={months} />
            </section>
          ))
        }
      </QueryState>
    </div>
  );
}

function Until({ row }: { row: Draft }) {
  const { t } = useTexts();
  if (!row.until) return t('outages.lasts');
  return (
    <>
      <When at={row.until} /> {row.lost_sight ? <Toned tone="warn">{t('outages.lostSight')}</Toned> : null}
    </>
  );
}

function Decided({ row }: { row: Draft }) {
  const { t } = useTexts();
  if (!row.outage_id) return <span className="small">{row.reason}</span>;
  return (
    <Link to="/staff/outages/$id" params={{ id: row.outage_id }}>
      {t('outages.inBook')}
    </Link>
  );
}

function Acts({ row }: { row: Draft }) {
  const { t } = useTexts();
  const causes = useQuery(staffOutagesQuery).data?.causes ?? ['provider'];
  const refresh = [['staff', 'outage-drafts'], staffOutagesQuery.queryKey];
  return (
    <span className="acts">
      <AskButton
        label={t('outages.confirm')}
        name={t('outages.confirmOf', { node: row.node.name })}
        fields={[
          { name: 'zh', label: t('outages.titleZh') },
          { name: 'en', label: t('outages.titleEn') },
          {
            name: 'cause',
            label: t('outages.cause'),
            kind: 'choice',
            initial: 'provider',
            choices: causes.map((value) => ({ value, label: t(`outages.causes.${value}`) })),
          },
          { name: 'note', label: t('outages.note'), kind: 'area', optional: true },
        ]}
        act={({ zh = '', en = '', cause, note = '' }) =>
          confirmDraft(row.id, { title: { zh, en }, cause: cause as OutageSaid['cause'], note })
        }
        done={t('outages.recorded')}
        refresh={refresh}
      />
      <AskButton
        label={t('outages.dismiss')}
        name={t('outages.dismissOf', { node: row.node.name })}
        fields={[{ name: 'reason', label: t('outages.reason') }]}
        act={({ reason = '' }) => dismissDraft(row.id, reason)}
        done={t('outages.dismissed')}
        refresh={refresh}
      />
    </span>
  );
}
