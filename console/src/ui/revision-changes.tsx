import type { ClauseChange } from '../api/terms.ts';
import { useTexts } from '../i18n/texts.ts';
import './revision.css';

/** What differs between two versions, clause by clause: what went is struck out, what came is marked. */
export function RevisionChanges({ changes }: { changes: ClauseChange[] }) {
  const { t } = useTexts();
  if (changes.length === 0) return <p className="faint">{t('revisions.noChanges')}</p>;
  return (
    <div className="revision-changes">
      {changes.map((change) => (
        <Change key={change.id} change={change} />
      ))}
    </div>
  );
}

function Change({ change }: { change: ClauseChange }) {
  const { t, pick, locale } = useTexts();
  const title = `§ ${change.id} ${pick(change.title)}`;
  return (
    <section className="revision-change" aria-label={title}>
      <h3>
        {title} <span className="label">{t(`revisions.${change.as}`)}</span>
      </h3>
      <p>
        {change.text[locale].map((piece, i) => {
          const key = `${i}${piece.as}`;
          if (piece.as === 'gone') return <del key={key}>{piece.text}</del>;
          if (piece.as === 'new') return <ins key={key}>{piece.text}</ins>;
          return <span key={key}>{piece.text}</span>;
        })}
      </p>
      {change.figures.length > 0 ? (
        <ul className="small" aria-label={t('revisions.figures')}>
          {change.figures.map(({ name, before, after }) => (
            <li key={name}>
              {t('revisions.figure', {
                name,
                before: before ?? t('revisions.nothing'),
                after: after ?? t('revisions.nothing'),
              })}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
