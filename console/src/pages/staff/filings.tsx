import { useInfiniteQuery } from '@tanstack/react-query';
import { decideFiling, type Filing, revokeFiling, staffFilingsQuery } from '../../api/gates.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { FilingState } from '../account-gates.tsx';
import { CustomerLink } from './customer-link.tsx';

/** Filings and permits that customers entered: looked up and decided here. */
export function StaffFilingsPage() {
  const { t } = useTexts();
  return (
    <Page title={t('filings.title')}>
      <Panel>
        <PagedTable
          query={useInfiniteQuery(staffFilingsQuery)}
          label={t('filings.title')}
          empty={t('filings.empty')}
          rowKey={({ id }) => id}
          columns={[
            { title: t('filings.entered'), cell: (row) => <When at={row.entered_at} /> },
            { title: t('filings.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
            { title: t('filings.domain'), keep: true, cell: ({ domain }) => domain },
            { title: t('filings.kind'), keep: true, cell: ({ kind }) => t(`filings.kinds.${kind}`) },
            { title: t('filings.number'), keep: true, cell: ({ number }) => number },
            { title: t('filings.subject'), cell: ({ subject }) => subject },
            { title: t('filings.validUntil'), cell: (row) => row.valid_until ?? t('filings.noEnd') },
            { title: t('filings.state'), keep: true, cell: (row) => <FilingState filing={row} /> },
            {
              title: t('filings.acts'),
              end: true,
              cell: (row) =>
                row.state === 'waiting' ? (
                  <span className="acts">
                    <Decide filing={row} approve />
                    <Decide filing={row} approve={false} />
                  </span>
                ) : row.state === 'approved' ? (
                  <Revoke filing={row} />
                ) : null,
            },
          ]}
        />
      </Panel>
    </Page>
  );
}

function Decide({ filing, approve }: { filing: Filing; approve: boolean }) {
  const { t } = useTexts();
  const label = t(approve ? 'filings.approve' : 'filings.refuse');
  return (
    <AskButton
      danger={!approve}
      label={label}
      name={t('filings.decideOf', { act: label, domain: filing.domain, number: filing.number })}
      fields={[{ name: 'reason', label: t('filings.reason'), kind: 'area' }]}
      act={({ reason = '' }) => decideFiling(filing.id, approve, reason)}
      done={t('filings.decided')}
      refresh={[['staff', 'filings']]}
    />
  );
}

function Revoke({ filing }: { filing: Filing }) {
  const { t } = useTexts();
  const { domain, number } = filing;
  return (
    <AskButton
      danger
      label={t('filings.revoke')}
      name={t('filings.decideOf', { act: t('filings.revoke'), domain, number })}
      text={t('filings.revokeText')}
      fields={[{ name: 'reason', label: t('filings.revokeReason'), kind: 'area' }]}
      act={({ reason = '' }) => revokeFiling(filing.id, reason)}
      done={t('filings.revoked')}
      refresh={[['staff', 'filings']]}
    />
  );
}
