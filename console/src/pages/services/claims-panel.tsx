import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { type Claim, capQuery, claimsQuery, openClaim } from '../../api/outages.ts';
import { termsQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { yuan } from '../../ui/format.ts';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

const TONES = { open: 'busy', approving: 'busy', granted: 'good', refused: 'bad' } as const;

export function ClaimStateTag({ state }: { state: Claim['state'] }) {
  const { t } = useTexts();
  return <Toned tone={TONES[state]}>{t(`outages.claimStates.${state}`)}</Toned>;
}

interface Order {
  id: string;
  number: string;
  amount: string;
}

/** Claims about a service: what the terms allow and where that comes from, and what became of those that were made. */
export function ClaimsPanel({ service, orders }: { service: Service; orders: Order[] }) {
  const { t } = useTexts();
  const { parameters } = useSuspenseQuery(termsQuery).data;
  const [chosen, setChosen] = useState<string | null>(null);
  const claims = useInfiniteQuery(claimsQuery).data?.pages.flatMap(({ items }) => items) ?? [];
  const liability = parameters.liability;
  if (!liability) return null;
  const byPurchase = liability.basis === 'fee-of-that-purchase';
  const order = byPurchase ? (chosen ?? orders[0]?.id ?? null) : null;
  return (
    <Panel title={t('outages.claims')}>
      {byPurchase ? (
        <p>
          {t('outages.claimOrder')}{' '}
          <Select
            aria-label={t('outages.claimOrder')}
            value={order}
            onChange={setChosen}
            options={orders.map(({ id, number, amount }) => ({
              value: id,
              label: `${number} · ${yuan(amount)}`,
            }))}
            style={{ minWidth: 260 }}
          />
        </p>
      ) : null}
      {byPurchase && !order ? null : (
        <CapAndForm about={{ service: service.id, ...(order ? { order } : {}) }} />
      )}
      <Table
        label={t('outages.claims')}
        empty={t('outages.claimsNone')}
        rows={claims.filter(({ service_id }) => service_id === service.id)}
        rowKey={(row) => row.id}
        columns={[
          { title: t('outages.at'), keep: true, cell: (row) => <When at={row.at} /> },
          { title: t('outages.claimGrounds'), cell: (row) => row.grounds },
          { title: t('outages.claimAmount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
          { title: t('outages.state'), cell: (row) => <ClaimStateTag state={row.state} /> },
          {
            title: t('outages.reason'),
            cell: (row) => (
              <>
                {row.decision_reason ?? ''}{' '}
                {row.refusal_clause ? <ClauseChip id={row.refusal_clause} /> : null}
              </>
            ),
          },
          {
            title: t('outages.granted'),
            end: true,
            cell: (row) => (row.state === 'granted' && row.granted ? yuan(row.granted) : ''),
          },
        ]}
      />
    </Panel>
  );
}

function CapAndForm({ about }: { about: { service: string; order?: string } }) {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(capQuery(about))}>
      {({ cap, left, granted_before, clause, lines }) => (
        <>
          <p>
            {t('outages.claimCap', { cap: yuan(cap), left: yuan(left), before: yuan(granted_before) })}{' '}
            <ClauseChip id={clause.id} version={clause.version} />
          </p>
          {lines.length > 0 ? <FeeLines lines={lines} /> : null}
          <AskButton
            strong
            disabled={Number(left) === 0}
            label={t('outages.claim')}
            fields={[
              { name: 'amount', label: t('outages.claimAmount'), kind: 'money' },
              { name: 'grounds', label: t('outages.claimGrounds'), kind: 'area' },
            ]}
            act={({ amount = '', grounds = '' }, key) => openClaim({ ...about, amount, grounds }, key)}
            done={t('outages.claimDone')}
            refresh={[['claims'], ['claim-cap']]}
          />
        </>
      )}
    </QueryState>
  );
}

export function FeeLines({ lines }: { lines: Claim['lines'] }) {
  const { t, pick } = useTexts();
  return (
    <Table
      label={t('outages.claimFrom')}
      empty=""
      rows={lines}
      rowKey={(row) => row.id}
      columns={[
        { title: t('outages.at'), keep: true, cell: (row) => <When at={row.at} /> },
        { title: t('outages.line'), cell: (row) => `${pick(row.text)} ${row.name}` },
        { title: t('outages.feePaid'), end: true, keep: true, cell: (row) => yuan(row.paid) },
      ]}
    />
  );
}
