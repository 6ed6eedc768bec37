import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { revisionsQuery } from '../api/terms.ts';
import { useTexts } from '../i18n/texts.ts';
import { usePresent } from './now.ts';
import { useTimeFormat } from './time.tsx';
import './revision.css';

/** How long a revision that holds stays announced. */
const SHOWN_DAYS = 30;
const DAY_MS = 86_400_000;

/** What was announced and is to hold, and what came to hold lately: for everybody to see. */
export function RevisionNotice() {
  const { t, pick } = useTexts();
  const { instant } = useTimeFormat();
  const now = usePresent();
  const { items } = useSuspenseQuery(revisionsQuery).data;
  const shown = items.filter(
    ({ replaces, effective_at }) => replaces !== null && Date.parse(effective_at) > now - SHOWN_DAYS * DAY_MS,
  );
  if (shown.length === 0) return null;
  return (
    <section className="wide revision-notice" aria-label={t('revisions.announcement')}>
      {shown.map((revision) => (
        <p key={revision.version}>
          <strong>{t('revisions.announcement')}</strong>{' '}
          {t(revision.in_force ? 'revisions.holds' : 'revisions.willHold', {
            title: pick(revision.title),
            version: revision.version,
            from: instant(revision.effective_at),
          })}{' '}
          <Link to="/terms/revisions/$version" params={{ version: revision.version }}>
            {t('revisions.compare')}
          </Link>
        </p>
      ))}
    </section>
  );
}
