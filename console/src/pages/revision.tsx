import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { revisionsQuery } from '../api/terms.ts';
import { useTexts } from '../i18n/texts.ts';
import { PageTitle } from '../ui/brand.tsx';
import { NotFoundPage } from '../ui/page-states.tsx';
import { RevisionChanges } from '../ui/revision-changes.tsx';
import { useTimeFormat } from '../ui/time.tsx';

/** One revision for everybody to read: from when, by which clause, what changes, and both versions. */
export function RevisionPage() {
  const { t, pick } = useTexts();
  const { instant } = useTimeFormat();
  const { version } = useParams({ from: '/store/terms/revisions/$version' });
  const revision = useSuspenseQuery(revisionsQuery).data.items.find((one) => one.version === version);
  if (!revision?.replaces) return <NotFoundPage />;
  const title = t('revisions.title', { version });
  return (
    <div className="wide terms">
      <PageTitle title={title} />
      <article className="revision">
        <h1>{title}</h1>
        <p>
          {t('revisions.lead', {
            announced: instant(revision.announced_at),
            from: instant(revision.effective_at),
            replaces: revision.replaces.version,
          })}
        </p>
        {revision.clause ? (
          <p>
            {t('revisions.byClause')}{' '}
            <Link to="/terms" search={{ version: revision.clause.version }} hash={`c-${revision.clause.id}`}>
              § {revision.clause.id} {pick(revision.clause.title)}
            </Link>
          </p>
        ) : null}
        <p>
          {t(revision.by === 'use' ? 'revisions.byUse' : 'revisions.byAccept')}{' '}
          {revision.on_disagree ? t('revisions.maySay') : null}
        </p>
        <section aria-label={t('revisions.both')}>
          <h2>{t('revisions.both')}</h2>
          <ul>
            {[revision.replaces, revision].map((one) => (
              <li key={one.sha256}>
                <Link to="/terms" search={{ version: one.version }}>
                  {one.version}
                </Link>{' '}
                <code className="small">{one.sha256}</code>
              </li>
            ))}
          </ul>
        </section>
        <h2>{t('revisions.changes')}</h2>
        <RevisionChanges changes={revision.changes} />
      </article>
    </div>
  );
}
