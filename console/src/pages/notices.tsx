import { useInfiniteQuery } from '@tanstack/react-query';
import { noticesQuery } from '../api/queries.ts';
import type { Notice } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { Page, Panel, Quiet } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';

export function NoticesPage() {
  const { t } = useTexts();
  const notices = useInfiniteQuery(noticesQuery);
  return (
    <Page title={t('notices.title')} lead={t('notices.lead')}>
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

function NoticeItem({ notice }: { notice: Notice }) {
  const { t } = useTexts();
  const state = notice.state === 'sent' ? 'sent' : notice.state === 'failed' ? 'failed' : 'queued';
  return (
    <li>
      <details>
        <summary>
          <span className="notice-subject">{notice.subject}</span>
          <span className="faint small">
            <When at={notice.created_at} /> · {t(`notices.${state}`)}
          </span>
        </summary>
        <p className="faint small">{t('notices.to', { address: notice.address })}</p>
        <p style={{ whiteSpace: 'pre-wrap' }}>{notice.body}</p>
      </details>
    </li>
  );
}
