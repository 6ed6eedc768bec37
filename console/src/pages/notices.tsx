import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useAct } from '../api/client.ts';
import { readNotices, unreadQuery } from '../api/notices.ts';
import { noticesQuery } from '../api/queries.ts';
import type { Notice } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import '../ui/announcements.css';
import { Page, Panel, Quiet } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { When } from '../ui/time.tsx';
import { Evidence } from '../ui/ways.tsx';

/** The inbox: all that was ever told, and when it was read. */
export function NoticesPage() {
  const { t } = useTexts();
  const notices = useInfiniteQuery(noticesQuery);
  return (
    <Page title={t('notices.title')} lead={t('notices.lead')} actions={<ReadAll />}>
      <QueryState query={notices}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <Quiet title={t('notices.empty')} />;
          return (
            <Panel>
              <ul className="notices" aria-label={t('notices.title')}>
                {items.map((notice) => (
                  <NoticeItem key={notice.id} notice={notice} />
                ))}
              </ul>
              {notices.hasNextPage ? (
                <div className="table-more">
                  <ActButton busy={notices.isFetchingNextPage} onClick={() => notices.fetchNextPage()}>
                    {t('app.more')}
                  </ActButton>
                </div>
              ) : null}
            </Panel>
          );
        }}
      </QueryState>
    </Page>
  );
}

function useRead() {
  const queryClient = useQueryClient();
  return useAct(readNotices, {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['notices'] }),
  });
}

function ReadAll() {
  const { t } = useTexts();
  const unread = useQuery(unreadQuery).data?.unread ?? 0;
  const read = useRead();
  if (unread === 0) return null;
  return (
    <ActButton busy={read.isPending} onClick={() => read.mutate(null)}>
      {t('told.readAll')}
    </ActButton>
  );
}

function NoticeItem({ notice }: { notice: Notice }) {
  const { t } = useTexts();
  const read = useRead();
  const isNew = notice.read_at === null;
  return (
    <li>
      <details onToggle={({ currentTarget }) => currentTarget.open && isNew && read.mutate([notice.id])}>
        <summary>
          <span className={`notice-subject ${isNew ? 'notice-new' : ''}`}>{notice.subject}</span>
          <span className="faint small">
            {isNew ? <Toned tone="busy">{t('told.new')}</Toned> : null} <When at={notice.created_at} />
          </span>
        </summary>
        <p style={{ whiteSpace: 'pre-wrap' }}>{notice.body}</p>
        <p className="faint small">
          {notice.channel === 'email' ? `${t('notices.to', { address: notice.address })} ` : null}
          <Evidence ids={[notice.id]} side="customer" />
        </p>
      </details>
    </li>
  );
}
