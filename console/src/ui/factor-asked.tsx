import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { factorsQuery } from '../api/factors.ts';
import { sessionQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { useSession } from './kit.tsx';
import { ProveDialog } from './prove-again.tsx';

const WHERE = '/account/security';

/** A second factor is asked of everybody here, and this session has shown none: until then only where one is set up opens. */
export function useFactorAsked(): { asked: boolean; closed: boolean } {
  const { factor_asked: asked } = useSession();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return { asked, closed: asked && path !== WHERE };
}

/** Says so, and leads there; whoever has a factor shows it at once. */
export function FactorAsked() {
  const { t } = useTexts();
  const factors = useQuery(factorsQuery).data;
  const queryClient = useQueryClient();
  const [proving, setProving] = useState(false);
  const { closed } = useFactorAsked();
  const has = factors !== undefined && (factors.totp || factors.passkeys.length > 0);
  return (
    <div className="note" role="alert">
      <strong>{t('factors.asked')}</strong>
      <p>{t(has ? 'factors.askedShow' : 'factors.askedSetUp')}</p>
      {has ? <Button onClick={() => setProving(true)}>{t('factors.askedShowNow')}</Button> : null}
      {closed && !has ? <Link to={WHERE}>{t('factors.askedWhere')}</Link> : null}
      {proving ? (
        <ProveDialog
          factorOnly
          onSettle={(proved) => {
            setProving(false);
            if (proved) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
          }}
        />
      ) : null}
    </div>
  );
}
