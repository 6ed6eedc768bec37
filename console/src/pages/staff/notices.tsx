import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { bounceNotice, type NoticeShown, staffFaultsQuery, staffNoticesQuery } from '../../api/notices.ts';
import { useTexts } from '../../i18n/texts.ts';
import '../../ui/announcements.css';
import { AskButton } from '../../ui/ask.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { Evidence, ToldTag, Ways } from '../../ui/ways.tsx';
import { CustomerLink } from './customer-link.tsx';
import { AnnouncementsTab } from './notices-announcements.tsx';
import { CallTasks } from './notices-tasks.tsx';

/** Who was told of what, by which channels, what came of it, and what people have to do about it. */
export function StaffNoticesPage() {
  const { t } = useTexts();
  const { tab = 'sent' } = useSearch({ from: '/staff/notices' });
  const navigate = useNavigate();
  return (
    <Page title={t('desk_notices.title')} lead={t('desk_notices.lead')}>
      <Tabs
        activeKey={tab}
        onChange={(key) => navigate({ to: '/staff/notices', search: { tab: key } })}
        destroyOnHidden
        items={[
          { key: 'sent', label: t('desk_notices.sent'), children: <Sent /> },
          { key: 'lost', label: t('desk_notices.lost'), children: <Sent lost /> },
          { key: 'tasks', label: t('desk_notices.tasks'), children: <CallTasks /> },
          { key: 'announcements', label: t('desk_notices.announcements'), children: <AnnouncementsTab /> },
          { key: 'faults', label: t('desk_notices.faults'), children: <Faults /> },
        ]}
      />
    </Page>
  );
}

function Sent({ lost = false }: { lost?: boolean }) {
  const { t } = useTexts();
  return (
    <Panel>
      <PagedTable
        query={useInfiniteQuery(staffNoticesQuery(lost ? { lost: 'true' } : {}))}
        label={t(lost ? 'desk_notices.lost' : 'desk_notices.sent')}
        empty={t('desk_notices.empty')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('desk_notices.at'), keep: true, cell: (row) => <When at={row.at} parts="second" /> },
          {
            title: t('desk_notices.customer'),
            cell: (row) => (row.customer_id ? <CustomerLink id={row.customer_id} /> : ''),
          },
          {
            title: t('desk_notices.subject'),
            cell: (row) => (
              <>
                {row.subject} <ToldTag told={row.told} />
              </>
            ),
          },
          { title: t('told.ways'), cell: (row) => <Ways ways={row.ways} /> },
          { title: t('desk_notices.act'), end: true, cell: (row) => <Bounce notice={row} /> },
        ]}
      />
    </Panel>
  );
}

function Bounce({ notice }: { notice: NoticeShown }) {
  const { t } = useTexts();
  if (!notice.ways.some(({ channel, state }) => channel === 'email' && state === 'sent')) return null;
  return (
    <AskButton
      label={t('desk_notices.bounce')}
      name={`${t('desk_notices.bounce')}: ${notice.subject}`}
      text={t('desk_notices.bounceText')}
      fields={[
        { name: 'detail', label: t('desk_notices.bounceDetail') },
        {
          name: 'dead',
          label: t('desk_notices.bounceDead'),
          kind: 'choice',
          initial: 'no',
          choices: [
            { value: 'no', label: t('desk_notices.bounceDeadNo') },
            { value: 'yes', label: t('desk_notices.bounceDeadYes') },
          ],
        },
      ]}
      act={({ detail = '', dead }) =>
        bounceNotice({ id: notice.id, detail, no_such_mailbox: dead === 'yes' })
      }
      done={t('desk_notices.bounceDone')}
      refresh={[['staff', 'notices']]}
    />
  );
}

const FAULT_TONES = { open: 'warn', overdue: 'bad', corrected: 'good' } as const;

function Faults() {
  const { t } = useTexts();
  return (
    <Panel>
      <PagedTable
        query={useInfiniteQuery(staffFaultsQuery)}
        label={t('desk_notices.faults')}
        empty={t('desk_notices.emptyFaults')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('desk_notices.at'), keep: true, cell: (row) => <When at={row.found_at} /> },
          { title: t('desk_notices.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
          {
            title: t('desk_notices.contact'),
            cell: (row) => `${t(`told.channel.${row.kind}`)} ${row.shown}`,
          },
          { title: t('desk_notices.detail'), cell: (row) => row.detail },
          {
            title: t('desk_notices.correctBy'),
            keep: true,
            cell: (row) => (row.correct_by ? <When at={row.correct_by} /> : '—'),
          },
          {
            title: t('desk.state'),
            cell: (row) => (
              <Toned tone={FAULT_TONES[row.state]}>{t(`desk_notices.faultState.${row.state}`)}</Toned>
            ),
          },
          { title: t('told.ways'), cell: (row) => <Evidence ids={row.notices} side="staff" /> },
        ]}
      />
    </Panel>
  );
}
