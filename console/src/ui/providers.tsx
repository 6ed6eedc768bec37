import { useQuery } from '@tanstack/react-query';
import { useAct } from '../api/client.ts';
import { beginSignIn, type Provider, providersQuery } from '../api/federation.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/** By whom else one may sign in here; nothing where the brand offers nobody. `back` waits in the tab. */
export function ProviderButtons({ back }: { back: string | undefined }) {
  const { t } = useTexts();
  const offered = useQuery(providersQuery).data?.items ?? [];
  const act = useAct(beginSignIn, {
    onSuccess: ({ url }) => {
      rememberBack(back);
      location.assign(url);
    },
  });
  if (offered.length === 0) return null;
  return (
    <section aria-label={t('federation.or')} style={{ marginTop: 24 }}>
      <p className="faint small" style={{ marginBottom: 8 }}>
        {t('federation.or')}
      </p>
      {act.error ? <ProblemAlert error={act.error} /> : null}
      <div style={{ display: 'grid', gap: 8 }}>
        {offered.map(({ provider, sandbox }) => (
          <ActButton
            key={provider}
            block
            busy={act.isPending && act.variables === provider}
            onClick={() => act.mutate(provider)}
          >
            {t('federation.by', { provider: t(`federation.providers.${provider satisfies Provider}`) })}
            {sandbox ? <span className="label"> {t('federation.sandbox')}</span> : null}
          </ActButton>
        ))}
      </div>
    </section>
  );
}

const BACK = 'cloudpact.federation.back';

/** Third parties send everybody back to one address. */
export function rememberBack(back: string | undefined): void {
  if (back) sessionStorage.setItem(BACK, back);
  else sessionStorage.removeItem(BACK);
}

export function takeBack(): string | undefined {
  const back = sessionStorage.getItem(BACK);
  sessionStorage.removeItem(BACK);
  return back?.startsWith('/') && !back.startsWith('//') ? back : undefined;
}
