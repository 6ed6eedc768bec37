import { useInfiniteQuery } from '@tanstack/react-query';
import { type Approval, approvalsQuery, decideApproval } from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { ActName, FactList } from '../../../ui/fact-list.tsx';
import { Page, Panel } from '../../../ui/kit.tsx';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { CustomerLink } from '../customer-link.tsx';

const TONES = { waiting: 'busy', granted: 'good', refused: 'bad', expired: 'none' } as const;

/** What two people have to agree on. */
export function ApprovalsPage() {
  const { t } = useTexts();
  return (
    <Page title={t('desk.approvals')} lead={t('desk.approvalsLead')}>
      <Panel>
        <PagedTable
          query={useInfiniteQuery({ ...approvalsQuery, refetchInterval: 15_000 })}
          label={t('desk.approvals')}
          empty={t('desk.emptyApprovals')}
          rowKey={(row) => row.id}
          columns={[
            { title: t('desk.at'), keep: true, cell: (row) => <When at={row.requested_at} /> },
            { title: t('desk.what'), cell: (row) => <ActName action={row.act} /> },
            {
              title: t('desk.customer'),
              cell: (row) => (row.customer_id ? <CustomerLink id={row.customer_id} /> : ''),
            },
            { title: t('staff.facts'), cell: (row) => <FactList facts={row.payload} /> },
            { title: t('desk.reason'), cell: (row) => row.reason },
            { title: t('desk.state'), cell: (row) => <Decided row={row} /> },
            { title: t('desk.expires'), keep: true, cell: (row) => <When at={row.expires_at} /> },
            {
              title: t('desk.act'),
              end: true,
              cell: (row) => (row.state === 'waiting' && row.decidable ? <Decide row={row} /> : null),
            },
          ]}
        />
      </Panel>
    </Page>
  );
}

function Decided({ row }: { row: Approval }) {
  const { t } = useTexts();
  return (
    <>
      <Toned tone={TONES[row.state]}>{t(`desk.approvalState.${row.state}`)}</Toned>
      {row.decision_reason ? <div className="faint small">{row.decision_reason}</div> : null}
    </>
  );
}

function Decide({ row: { id, reason: why } }: { row: Approval }) {
  const { t } = useTexts();
  const fields = [{ name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') }];
  const refresh = [['staff']];
  return (
    <span className="acts">
      {([true, false] as const).map((grant) => (
        <AskButton
          key={String(grant)}
          danger={!grant}
          label={t(grant ? 'desk.approve' : 'desk.refuse')}
          name={`${t(grant ? 'desk.approve' : 'desk.refuse')} ${why}`}
          fields={fields}
          act={({ reason = '' }, key) => decideApproval(id, { grant, reason }, key)}
          done={t('desk.done')}
          refresh={refresh}
        />
      ))}
    </span>
  );
}
