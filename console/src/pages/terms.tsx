import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useRouterState, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { brandQuery, termsQuery } from '../api/queries.ts';
import { termsVersionQuery } from '../api/terms.ts';
import type { Terms } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { PageTitle } from '../ui/brand.tsx';
import './terms.css';

type Clause = Terms['clauses'][number];

/** The agreement in full; each clause can be linked to. */
export function TermsPage() {
  const { t, pick } = useTexts();
  const { version } = useSearch({ from: '/store/terms' });
  const terms = useTerms(version);
  const { contact_email: mailbox } = useSuspenseQuery(brandQuery).data;
  const hash = useRouterState({ select: (state) => state.location.hash });
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView();
  }, [hash]);
  return (
    <div className="wide terms">
      <PageTitle title={pick(terms.title)} />
      <aside>
        <nav aria-label={t('terms.contents')}>
          <ol>
            {terms.clauses.map((clause) => (
              <li key={clause.id}>
                <a href={`#c-${clause.id}`}>
                  <span className="terms-number">{clauseNumber(clause)}</span>
                  {pick(clause.title)}
                </a>
              </li>
            ))}
          </ol>
        </nav>
      </aside>
      <article>
        <h1>{pick(terms.title)}</h1>
        <p className="faint">{t('terms.meta', { version: terms.version, date: terms.published_on })}</p>
        <section className="terms-limits" aria-label={t('terms.highlights')}>
          <h2>{t('terms.highlights')}</h2>
          <ol>
            {terms.highlights.map((limit) => (
              <li key={limit.id}>
                <a href={`#c-${limit.clause}`} className="clause">
                  § {limit.clause}
                </a>
                <strong>{pick(limit.title)}</strong>
                <span>{pick(limit.text)}</span>
              </li>
            ))}
          </ol>
        </section>
        <ClauseList terms={terms} current={hash} />
        {mailbox ? (
          <p>
            {t('terms.questions')} <a href={`mailto:${mailbox}`}>{mailbox}</a>
          </p>
        ) : null}
        <p className="faint small">
          {t('terms.hash')}
          <br />
          <code className="terms-hash">{terms.sha256}</code>
        </p>
      </article>
    </div>
  );
}

/** The version that was asked for, else the one that holds. */
function useTerms(version: string | undefined): Terms {
  const asked = useQuery({ ...termsVersionQuery(version ?? ''), enabled: version !== undefined }).data;
  const current = useSuspenseQuery(termsQuery).data;
  return asked ?? current;
}

/** All clauses, grouped by nothing but their order. */
export function ClauseList({ terms, current }: { terms: Terms; current?: string }) {
  const { t, pick } = useTexts();
  return (
    <>
      {terms.clauses.map((clause) => (
        <section
          key={clause.id}
          id={`c-${clause.id}`}
          className={`terms-clause ${current === `c-${clause.id}` ? 'terms-current' : ''}`}
        >
          <h3>
            <a
              href={`#c-${clause.id}`}
              aria-label={t('terms.anchor', { id: clause.id })}
              className="terms-number"
            >
              {clauseNumber(clause)}
            </a>
            {pick(clause.title)}
            <span className={`terms-kind terms-${clause.kind}`}>{kindName(clause.kind, t)}</span>
          </h3>
          <p>{pick(clause.text)}</p>
        </section>
      ))}
    </>
  );
}

function clauseNumber(clause: Clause): string {
  return /^\d/.test(clause.id) ? clause.id.replace(/-.*$/, '') : '§';
}

function kindName(kind: string, t: ReturnType<typeof useTexts>['t']): string {
  switch (kind) {
    case 'gate':
    case 'automated':
    case 'tool':
    case 'declared':
    case 'notice':
      return t(`terms.kinds.${kind}`);
    default:
      return kind;
  }
}
