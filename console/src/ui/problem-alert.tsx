import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { type FieldError, problemOf } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from './clause.tsx';

/** What went wrong, what to do about it, and the clause that it rests on. */
export function ProblemAlert(props: { error: Error; errors?: FieldError[]; action?: ReactNode }) {
  const { t } = useTexts();
  const problem = problemOf(props.error);
  const away = problem.status === 0;
  const title = problem.title ?? t(away ? 'problem.unreachable' : 'problem.unexpected');
  const detail = problem.detail ?? t(away ? 'problem.unreachableDetail' : 'problem.unexpectedDetail');
  const errors = props.errors ?? problem.errors;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={title}
      action={props.action}
      description={
        <>
          <p>{detail}</p>
          {errors.length > 0 ? (
            <ul>
              {errors.map((error) => (
                <li key={`${error.field} ${error.message}`}>
                  {error.field ? <code>{error.field}</code> : null} {error.message}
                </li>
              ))}
            </ul>
          ) : null}
          {problem.clause ? (
            <p>
              <ClauseChip id={problem.clause.id} />
            </p>
          ) : null}
          {problem.status >= 500 && problem.instance ? (
            <p className="small">{t('problem.reference', { id: problem.instance })}</p>
          ) : null}
        </>
      }
    />
  );
}
