import { useQuery } from '@tanstack/react-query';
import { announcementsQuery } from '../api/notices.ts';
import { useTexts } from '../i18n/texts.ts';
import './announcements.css';
import { When } from './time.tsx';

/** What the brand announces at the moment; nothing where it announces nothing. */
export function Announcements() {
  const { t, pick } = useTexts();
  const shown = useQuery(announcementsQuery).data?.items ?? [];
  if (shown.length === 0) return null;
  return (
    <section className="announcements" aria-label={t('told.announcements')}>
      {shown.map((each) => (
        <details key={each.id}>
          <summary>
            <span className="label">{t('told.announcements')}</span> {pick(each.title)}{' '}
            <span className="faint small">
              <When at={each.from} parts="date" />
            </span>
          </summary>
          <p>{pick(each.body)}</p>
          {each.clause ? (
            <p className="faint small">
              {t('told.byClause')} {each.clause}
            </p>
          ) : null}
        </details>
      ))}
    </section>
  );
}
