import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  type Claim,
  decideClaim,
  type Refusal,
  recordOutage,
  staffClaimsQuery,
  staffOutagesQuery,
} from '../../api/outages.ts';
import { brandQuery } from '../../api/queries.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { yuan } from '../../ui/format.ts';
import { QueryState } from '../../ui/query-state.tsx';
import { StaffNeeds, useStaffMay } from '../../ui/staff-may.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable, Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { ClaimStateTag, FeeLines } from '../services/claims-panel.tsx';
import { CustomerLink } from './customer-link.tsx';
import { DeskTabs } from './money/desk-tabs.tsx';
import { Drafts } from './outage-drafts.tsx';
import { saidOf, useOutageFields } from './outage-fields.ts';
import { Moves } from './outages-moves.tsx';

/** The outage book, claims and moves. */
export function StaffOutagesPage() {
  const { t } = useTexts();
  const claims = {
    key: 'claims',
    label: t('outages.claims'),
    children: (
      <StaffNeeds area="cases">
        <Claims />
      </StaffNeeds>
    ),
  };
  return (
    <DeskTabs
      title={t('outages.desk')}
      tabs={[
        { key: 'outages', label: t('outages.tab'), children: <Outages /> },
        { key: 'drafts', label: t('outages.drafts'), children: <Drafts /> },
        ...(useStaffMay('cases') ? [claims] : []),
        { key: 'moves', label: t('outages.moves'), children: <Moves /> },
      ]}
    />
  );
}

function Outages() {
  const { t, pick } = useTexts();
  const { zone } = useSuspenseQuery(brandQuery).data;
  const fields = useOutageFields();
  return (
    <>
      <p>
        {t('outages.deskLead')}{' '}
        <AskButton
          strong
          label={t('outages.record')}
          fields={fields}
          act={(values) => recordOutage(saidOf(values, zone, t('outages.timeBad')))}
          done={t('outages.recorded')}
          refresh={[['staff', 'outages']]}
        />
      </p>
      <QueryState query={useQuery(staffOutagesQuery)}>
        {({ items }) => (
          <Table
            label={t('outages.tab')}
            empty={t('outages.none')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              {
                title: t('outages.title'),
                cell: (row) => (
                  <Link to="/staff/outages/$id" params={{ id: row.id }}>
                    {pick(row.entry.title)}
                  </Link>
                ),
              },
              { title: t('outages.cause'), cell: (row) => t(`outages.causes.${row.entry.cause}`) },
              { title: t('outages.from'), keep: true, cell: (row) => <When at={row.entry.from} /> },
              {
                title: t('outages.until'),
                keep: true,
                cell: (row) => (row.entry.until ? <When at={row.entry.until} /> : t('outages.lasts')),
              },
              {
                title: t('outages.state'),
                cell: (row) =>
                  row.settled_entry === row.entry.number ? (
                    <Toned tone="good">{t('outages.applied')}</Toned>
                  ) : (
                    <Toned tone="busy">{t('outages.outcomes.open')}</Toned>
                  ),
              },
            ]}
          />
        )}
      </QueryState>
    </>
  );
}

const REFUSALS: Refusal[] = ['liability', 'outages', 'sla', 'outage_extension', 'backup', 'force_majeure'];

function Claims() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery({ ...staffClaimsQuery, refetchInterval: 30_000 })}
      label={t('outages.claims')}
      empty={t('outages.claimsNone')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('outages.at'), keep: true, cell: (row) => <When at={row.at} /> },
        { title: t('outages.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('outages.claimGrounds'), cell: (row) => row.grounds },
        { title: t('outages.claimAmount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('outages.claimFrom'),
          cell: (row) => (
            <>
              <p>
                {yuan(row.cap)} <ClauseChip id={row.clause_id} />
              </p>
              <FeeLines lines={row.lines} />
            </>
          ),
        },
        { title: t('outages.state'), cell: (row) => <ClaimStateTag state={row.state} /> },
        {
          title: t('outages.act'),
          end: true,
          cell: (row) => (row.state === 'open' ? <ClaimActs row={row} /> : (row.decision_reason ?? '')),
        },
      ]}
    />
  );
}

function ClaimActs({ row }: { row: Claim }) {
  const { t } = useTexts();
  const refresh = [
    ['staff', 'claims'],
    ['staff', 'approvals'],
  ];
  const reason = { name: 'reason', label: t('outages.reason') };
  return (
    <span className="acts">
      <AskButton
        label={t('outages.grant')}
        fields={[
          { name: 'grant', label: t('outages.grantAmount'), kind: 'money', initial: row.amount },
          reason,
        ]}
        act={({ grant = '', reason: why = '' }) => decideClaim(row.id, { grant, reason: why })}
        done={t('outages.decided')}
        refresh={refresh}
      />
      <AskButton
        danger
        label={t('outages.refuse')}
        fields={[
          {
            name: 'refuse',
            label: t('outages.refuseBy'),
            kind: 'choice',
            initial: 'liability',
            choices: REFUSALS.map((value) => ({ value, label: t(`outages.refusals.${value}`) })),
          },
          reason,
        ]}
        act={({ refuse, reason: why = '' }) =>
          decideClaim(row.id, { refuse: refuse as Refusal, reason: why })
        }
        done={t('outages.decided')}
        refresh={refresh}
      />
    </span>
  );
}
