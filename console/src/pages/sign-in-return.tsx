import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { App } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useAct } from '../api/client.ts';
import { bindingsQuery, finishFederation, type Provider } from '../api/federation.ts';
import { SecondFactorForm, type Waiting } from '../forms/second-factor.tsx';
import { useTexts } from '../i18n/texts.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { useBeginSession } from '../ui/on-from.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { takeBack } from '../ui/providers.tsx';

/** Where a third party sends its visitors back to: what it said goes to the API, once, and out of the address. */
export function SignInReturnPage() {
  const { t } = useTexts();
  const { provider } = useParams({ from: '/store/entrance/sign-in/return/$provider' });
  const named = t(`federation.providers.${provider as Provider}`);
  const [back] = useState(takeBack);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [unknown, setUnknown] = useState<string | null>(null);
  const begin = useBeginSession(back);
  const onBound = useBound(named);
  const act = useAct(finishFederation, {
    onSuccess: (said) => {
      if (!said) return begin();
      if ('challenge' in said) return setWaiting(said);
      return said.outcome === 'bound' ? onBound(said.nickname) : setUnknown(said.nickname);
    },
  });
  const { mutate } = act;
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current) return;
    sent.current = true;
    const query = location.search.slice(1);
    history.replaceState(history.state, '', location.pathname);
    mutate({ provider: provider as Provider, query });
  }, [mutate, provider]);
  if (waiting)
    return (
      <Page title={t('signIn.title')}>
        <SecondFactorForm waiting={waiting} onDone={begin} onAgain={() => location.assign('/sign-in')} />
      </Page>
    );
  if (unknown !== null) return <Unknown provider={named} nickname={unknown} />;
  return (
    <Page title={t(act.error ? 'federation.failed' : 'federation.returning')}>
      {act.error ? (
        <Panel>
          <ProblemAlert error={act.error} />
          <p style={{ marginTop: 16 }}>
            <Link to="/sign-in">{t('federation.back')}</Link>
          </p>
        </Panel>
      ) : null}
    </Page>
  );
}

function useBound(provider: string) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return async (nickname: string) => {
    void message.success(t('federation.bound', { provider, nickname }));
    await queryClient.invalidateQueries({ queryKey: bindingsQuery.queryKey });
    return navigate({ to: '/account' });
  };
}

/** Nobody has bound it: never taken for somebody by an equal address. */
function Unknown({ provider, nickname }: { provider: string; nickname: string }) {
  const { t } = useTexts();
  const search = { back: '/account' };
  return (
    <Page title={t('federation.unknownTitle', { provider })}>
      <Panel>
        <p>{t('federation.unknown', { nickname })}</p>
        <p style={{ display: 'flex', gap: 16 }}>
          <Link to="/sign-up" search={search}>
            {t('federation.signUp')}
          </Link>
          <Link to="/sign-in" search={search}>
            {t('federation.signIn')}
          </Link>
        </p>
      </Panel>
    </Page>
  );
}
