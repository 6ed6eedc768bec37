import { useInfiniteQuery } from '@tanstack/react-query';
import {
  type Announcement,
  announcementsQuery,
  endAnnouncement,
  postAnnouncement,
  staffAnnouncementsQuery,
} from '../../api/notices.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Panel } from '../../ui/kit.tsx';
import { presentMs } from '../../ui/now.ts';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

const REFRESH = [['staff', 'announcements'], announcementsQuery.queryKey];

/** What the site says to all who come. */
export function AnnouncementsTab() {
  const { t, pick } = useTexts();
  const kinds: Record<string, string> = t('desk_notices.kinds', { returnObjects: true });
  return (
    <Panel title={t('desk_notices.announcements')} aside={<Post />}>
      <PagedTable
        query={useInfiniteQuery(staffAnnouncementsQuery)}
        label={t('desk_notices.announcements')}
        empty={t('desk_notices.emptyAnnouncements')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('desk_notices.from'), keep: true, cell: (row) => <When at={row.from} /> },
          {
            title: t('desk_notices.to'),
            keep: true,
            cell: (row) => (row.until ? <When at={row.until} /> : t('desk_notices.always')),
          },
          { title: t('desk_notices.kind'), cell: (row) => kinds[row.kind] ?? row.kind },
          {
            title: t('desk_notices.subject'),
            cell: (row) => (
              <details>
                <summary>{pick(row.title)}</summary>
                <p style={{ whiteSpace: 'pre-wrap' }}>{pick(row.body)}</p>
              </details>
            ),
          },
          { title: t('told.byClause'), cell: (row) => row.clause ?? '' },
          { title: t('desk_notices.act'), end: true, cell: (row) => <End row={row} /> },
        ]}
      />
    </Panel>
  );
}

function End({ row }: { row: Announcement }) {
  const { t, pick } = useTexts();
  const over = row.until !== null && Date.parse(row.until) <= presentMs();
  if (row.clause !== null || over) return null;
  return (
    <AskButton
      label={t('desk_notices.end')}
      name={`${t('desk_notices.end')}: ${pick(row.title)}`}
      text={t('desk_notices.endText')}
      act={() => endAnnouncement({ id: row.id })}
      done={t('desk_notices.ended')}
      refresh={REFRESH}
    />
  );
}

function Post() {
  const { t } = useTexts();
  return (
    <AskButton
      strong
      label={t('desk_notices.post')}
      fields={[
        {
          name: 'kind',
          label: t('desk_notices.postKind'),
          kind: 'choice',
          initial: 'general',
          choices: (['general', 'maintenance'] as const).map((value) => ({
            value,
            label: t(`desk_notices.kinds.${value}`),
          })),
        },
        { name: 'title_zh', label: t('desk_notices.titleZh') },
        { name: 'title_en', label: t('desk_notices.titleEn') },
        { name: 'body_zh', label: t('desk_notices.bodyZh'), kind: 'area' },
        { name: 'body_en', label: t('desk_notices.bodyEn'), kind: 'area' },
        {
          name: 'until',
          label: t('desk_notices.until'),
          kind: 'date',
          optional: true,
          hint: t('desk_notices.untilHint'),
        },
      ]}
      act={({ kind, title_zh = '', title_en = '', body_zh = '', body_en = '', until }, key) =>
        postAnnouncement(
          {
            kind: kind === 'maintenance' ? 'maintenance' : 'general',
            title: { zh: title_zh, en: title_en },
            body: { zh: body_zh, en: body_en },
            until: until ?? null,
          },
          key,
        )
      }
      done={t('desk_notices.posted')}
      refresh={REFRESH}
    />
  );
}
