import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.ts';

export function LoadingPage() {
  const { t } = useTexts();
  return (
    <div className="quiet" role="status">
      {t('app.loading')}
    </div>
  );
}

/** Something that a whole page rests on could not be had. */
export function ProblemPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTexts();
  const router = useRouter();
  const boundary = useQueryErrorResetBoundary();
  useEffect(() => boundary.reset(), [boundary]);
  const known = error instanceof ApiProblem;
  const away = known && error.status === 0;
  const fallback = away ? t('problem.unreachable') : known ? t('problem.unexpected') : t('problem.broken');
  const detail = away
    ? t('problem.unreachableDetail')
    : known
      ? t('problem.unexpectedDetail')
      : t('problem.brokenDetail');
  return (
    <div className="quiet" role="alert">
      <h2>{(known && error.title) || fallback}</h2>
      <p>{(known && error.detail) || detail}</p>
      {known && error.instance ? (
        <p className="small">{t('problem.reference', { id: error.instance })}</p>
      ) : null}
      <button
        type="button"
        className="button"
        onClick={() => {
          reset();
          void router.invalidate();
        }}
      >
        {t('app.retry')}
      </button>
    </div>
  );
}

const StoreFrame = lazy(() => import('./store-layout.tsx').then((m) => ({ default: m.StoreFrame })));

/** No page has this address, in no part of the site: with the way back that all pages have. */
export function NowherePage() {
  return (
    <Suspense fallback={<LoadingPage />}>
      <StoreFrame>
        <NotFoundPage />
      </StoreFrame>
    </Suspense>
  );
}

export function NotFoundPage() {
  const { t } = useTexts();
  return (
    <div className="quiet">
      <h1>{t('problem.notFound')}</h1>
      <p>{t('problem.notFoundDetail')}</p>
      <Link to="/" className="button">
        {t('app.home')}
      </Link>
    </div>
  );
}
