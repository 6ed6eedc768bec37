import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Popover } from 'antd';
import { termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';

/** The clause that something rests on; its text is one click away. */
export function ClauseChip({ id, version }: { id: string; version?: string | undefined }) {
  const { t } = useTexts();
  return (
    <Popover
      trigger="click"
      destroyOnHidden
      title={t('app.clause', { id })}
      content={<ClauseText id={id} version={version} />}
    >
      <button type="button" className="clause" aria-label={t('app.clauseLabel', { id })}>
        {id === 'preamble' ? t('app.preamble') : `§ ${id}`}
      </button>
    </Popover>
  );
}

function ClauseText({ id, version }: { id: string; version: string | undefined }) {
  const { t, pick } = useTexts();
  const terms = useQuery(termsQuery).data;
  const clause = terms?.clauses.find((each) => each.id === id);
  const shown = version ?? terms?.version;
  return (
    <div className="clause-text">
      {clause ? (
        <>
          <p>
            <strong>{pick(clause.title)}</strong>
          </p>
          <p>{pick(clause.text)}</p>
        </>
      ) : null}
      <p className="small faint">
        {shown ? t('app.clauseVersion', { version: shown }) : null} ·{' '}
        <Link to="/terms" hash={clauseAnchor(id)}>
          {t('app.clauseFull')}
        </Link>
      </p>
    </div>
  );
}

export function clauseAnchor(id: string): string {
  return `c-${id}`;
}
