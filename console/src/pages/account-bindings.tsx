import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useAct } from '../api/client.ts';
import {
  type Bindings,
  beginBinding,
  bindingsQuery,
  bindPending,
  dropPending,
  removeBinding,
  removeOwnPhone,
} from '../api/federation.ts';
import { contactsQuery } from '../api/notices.ts';
import { sessionQuery } from '../api/queries.ts';
import { PhoneSet } from '../forms/phone-set.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { AskButton } from '../ui/ask.tsx';
import { Facts, Panel } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

const REFRESH = [bindingsQuery.queryKey, sessionQuery.queryKey, contactsQuery.queryKey];

/** By what its owner signs in to the account, beside second factors. */
export function SignInWays() {
  const { t } = useTexts();
  const bindings = useQuery(bindingsQuery);
  return (
    <Panel title={t('federation.title')} lead={t('federation.lead')}>
      <QueryState query={bindings}>
        {(own) => (
          <div className="stack">
            {own.pending ? <Pending pending={own.pending} /> : null}
            <Facts
              items={[
                [
                  t('federation.password'),
                  t(own.has_password ? 'federation.passwordSet' : 'federation.passwordNone'),
                ],
                [t('federation.phone'), <OwnPhone key="phone" own={own} />],
              ]}
            />
            <Bound own={own} />
            <Offered own={own} />
          </div>
        )}
      </QueryState>
    </Panel>
  );
}

function OwnPhone({ own }: { own: Bindings }) {
  const { t } = useTexts();
  return (
    <>
      {own.phone ?? <span className="faint">{t('federation.phoneNone')}</span>}{' '}
      <PhoneSet label={t(own.phone ? 'federation.changePhone' : 'federation.setPhone')} refresh={REFRESH} />{' '}
      {own.phone ? (
        <AskButton
          label={t('federation.removePhone')}
          text={t('federation.removePhoneText')}
          act={() => removeOwnPhone()}
          refresh={REFRESH}
        />
      ) : null}
    </>
  );
}

function Bound({ own }: { own: Bindings }) {
  const { t } = useTexts();
  return (
    <Table
      label={t('federation.title')}
      empty={t('federation.empty')}
      rows={own.items}
      rowKey={(each) => each.id}
      columns={[
        {
          title: t('federation.provider'),
          keep: true,
          cell: (each) => t(`federation.providers.${each.provider}`),
        },
        { title: t('federation.nickname'), keep: true, cell: (each) => each.nickname },
        { title: t('federation.boundAt'), cell: (each) => <When at={each.bound_at} /> },
        {
          title: t('federation.usedAt'),
          cell: (each) =>
            each.used_at ? (
              <When at={each.used_at} />
            ) : (
              <span className="faint">{t('federation.never')}</span>
            ),
        },
        {
          title: t('federation.unbind'),
          end: true,
          cell: (each) => (
            <AskButton
              label={t('federation.unbind')}
              name={t('federation.unbindOf', { provider: t(`federation.providers.${each.provider}`) })}
              text={t('federation.unbindText')}
              act={() => removeBinding(each.id)}
              done={t('federation.unbound')}
              refresh={REFRESH}
            />
          ),
        },
      ]}
    />
  );
}

function Offered({ own }: { own: Bindings }) {
  const { t } = useTexts();
  const act = useAct(beginBinding, { onSuccess: ({ url }) => location.assign(url) });
  const open = own.offered.filter(({ provider }) => !own.items.some((each) => each.provider === provider));
  if (open.length === 0) return null;
  return (
    <div>
      {act.error ? <ProblemAlert error={act.error} /> : null}
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
        {open.map(({ provider, sandbox }) => (
          <ActButton
            key={provider}
            busy={act.isPending && act.variables === provider}
            onClick={() => act.mutate(provider)}
          >
            {t('federation.bind', { provider: t(`federation.providers.${provider}`) })}
            {sandbox ? <span className="label"> {t('federation.sandbox')}</span> : null}
          </ActButton>
        ))}
      </div>
    </div>
  );
}

function Pending({ pending }: { pending: NonNullable<Bindings['pending']> }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const provider = t(`federation.providers.${pending.provider}`);
  const { nickname } = pending;
  const again = () => queryClient.invalidateQueries({ queryKey: bindingsQuery.queryKey });
  const bind = useAct(bindPending, {
    onSuccess: () => {
      void message.success(t('federation.bound', { provider, nickname }));
      return again();
    },
  });
  const drop = useAct(dropPending, { onSuccess: again });
  return (
    <div className="note" role="status">
      <p>{t('federation.pending', { provider, nickname })}</p>
      {bind.error ? <ProblemAlert error={bind.error} /> : null}
      <p style={{ display: 'flex', gap: 8 }}>
        <ActButton type="primary" busy={bind.isPending} onClick={() => bind.mutate(undefined)}>
          {t('federation.bindPending')}
        </ActButton>
        <ActButton busy={drop.isPending} onClick={() => drop.mutate(undefined)}>
          {t('federation.dropPending')}
        </ActButton>
      </p>
    </div>
  );
}
