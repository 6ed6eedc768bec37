import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { App } from 'antd';
import {
  addToken,
  correctUsage,
  heldReadingsQuery,
  quarantineQuery,
  refuseEvent,
  releaseEvent,
  revokeToken,
  tokensQuery,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { QueryState } from '../../../ui/query-state.tsx';
import { StaffNeeds, useStaffMay } from '../../../ui/staff-may.tsx';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable, Table } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** Events that couldn't be attributed, readings that nobody believes, corrections, and who may send usage. */
export function MeteringPage() {
  const { t } = useTexts();
  const system = useStaffMay('system');
  const tokens = {
    key: 'tokens',
    label: t('desk.tokens'),
    children: (
      <StaffNeeds area="system">
        <Tokens />
      </StaffNeeds>
    ),
  };
  return (
    <DeskTabs
      title={t('desk.usage')}
      tabs={[
        { key: 'quarantine', label: t('desk.quarantine'), children: <Quarantine /> },
        { key: 'held', label: t('desk.readingsHeld'), children: <HeldReadings /> },
        ...(system ? [tokens] : []),
      ]}
    />
  );
}

const REASONS = {
  future: 'future',
  'too-old': 'tooOld',
  'unknown-meter': 'unknownMeter',
  'unknown-subject': 'unknownSubject',
} as const;

function Quarantine() {
  const { t } = useTexts();
  const refresh = [['staff', 'quarantine']];
  return (
    <PagedTable
      query={useInfiniteQuery(quarantineQuery)}
      label={t('desk.quarantine')}
      empty={t('desk.emptyQuarantine')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.at} parts="second" /> },
        {
          title: t('desk.event'),
          cell: (row) => (
            <>
              <code>{row.type}</code>
              <div className="faint small">
                {row.source} {row.event_id}
              </div>
            </>
          ),
        },
        { title: t('desk.subject'), cell: (row) => <code>{row.subject}</code> },
        { title: t('desk.reason'), cell: (row) => t(`desk.quarantineReasons.${REASONS[row.reason]}`) },
        {
          title: t('desk.state'),
          cell: (row) =>
            row.decided_at ? (
              `${row.note ?? ''}`
            ) : (
              <Toned tone="warn">{t(`desk.quarantineStates.${row.state}`)}</Toned>
            ),
        },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) =>
            row.state === 'held' ? (
              <span className="acts">
                <AskButton
                  label={t('desk.release')}
                  name={`${t('desk.release')} ${row.event_id}`}
                  fields={[{ name: 'note', label: t('desk.note'), hint: t('desk.recorded') }]}
                  act={({ note = '' }, key) => releaseEvent(row.id, note, key)}
                  refresh={refresh}
                />
                <AskButton
                  danger
                  label={t('desk.refuse')}
                  name={`${t('desk.refuse')} ${row.event_id}`}
                  fields={[{ name: 'note', label: t('desk.note'), hint: t('desk.recorded') }]}
                  act={({ note = '' }, key) => refuseEvent(row.id, note, key)}
                  refresh={refresh}
                />
              </span>
            ) : null,
        },
      ]}
    />
  );
}

function HeldReadings() {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(heldReadingsQuery)}>
      {({ items }) => (
        <Table
          label={t('desk.readingsHeld')}
          empty={t('desk.emptyHeldReadings')}
          rows={items}
          rowKey={(row) => `${row.product} ${row.meter} ${row.subject} ${row.slot}`}
          columns={[
            { title: t('desk.at'), keep: true, cell: (row) => <When at={row.slot} /> },
            { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
            {
              title: t('desk.subject'),
              cell: (row) => <code>{`${row.product}/${row.meter} ${row.subject ?? ''}`}</code>,
            },
            { title: t('desk.measured'), end: true, keep: true, cell: (row) => row.measured },
            { title: t('usage.corrected'), end: true, keep: true, cell: (row) => row.corrected },
            {
              title: t('desk.act'),
              end: true,
              cell: (row) =>
                row.subject ? (
                  <AskButton
                    label={t('desk.correct')}
                    text={t('desk.correctText')}
                    fields={[
                      { name: 'quantity', label: t('desk.quantity') },
                      { name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') },
                    ]}
                    act={({ quantity = '', reason = '' }, key) => {
                      const { product, meter, subject, slot } = row;
                      return correctUsage(
                        { product, meter, subject: subject ?? '', at: slot, quantity, reason },
                        key,
                      );
                    }}
                    refresh={[['staff', 'held-readings']]}
                  />
                ) : null,
            },
          ]}
        />
      )}
    </QueryState>
  );
}

function Tokens() {
  const { t } = useTexts();
  const { modal } = App.useApp();
  const show = (token: string) =>
    modal.info({ title: t('desk.tokenShown'), content: <code className="hash">{token}</code>, width: 560 });
  return (
    <div className="stack">
      <AskButton
        strong
        label={t('desk.addToken')}
        fields={[{ name: 'name', label: t('desk.tokenName') }]}
        act={async ({ name = '' }, key) => show((await addToken({ name }, key)).token)}
        refresh={[['staff', 'tokens']]}
      />
      <QueryState query={useQuery(tokensQuery)}>
        {({ items }) => (
          <Table
            label={t('desk.tokens')}
            empty={t('desk.emptyTokens')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('desk.tokenName'), cell: (row) => row.name },
              { title: t('desk.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
              {
                title: t('desk.act'),
                end: true,
                cell: (row) =>
                  row.revoked_at ? (
                    <Toned tone="none">{t('desk.revoked')}</Toned>
                  ) : (
                    <AskButton
                      danger
                      label={t('desk.revoke')}
                      name={`${t('desk.revoke')} ${row.name}`}
                      act={(_, key) => revokeToken(row.id, key)}
                      refresh={[['staff', 'tokens']]}
                    />
                  ),
              },
            ]}
          />
        )}
      </QueryState>
    </div>
  );
}
