import { useQuery } from '@tanstack/react-query';
import { type Key, keysQuery, revokeKey } from '../api/keys.ts';
import { KeyMake } from '../forms/key-make.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Page, Panel } from '../ui/kit.tsx';
import { Needs, useMay } from '../ui/may.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

/** API keys: made here, shown once, taken back here. */
export function KeysPage() {
  const { t } = useTexts();
  return (
    <Page
      title={t('keys.title')}
      lead={t('keys.lead')}
      actions={
        <Needs area="people" quiet>
          <KeyMake />
        </Needs>
      }
    >
      <Needs area="people" does="read">
        <Keys />
      </Needs>
    </Page>
  );
}

function Keys() {
  const { t } = useTexts();
  const mayAct = useMay('people');
  return (
    <Panel>
      <QueryState query={useQuery(keysQuery)}>
        {({ items }) => (
          <Table
            label={t('keys.title')}
            empty={t('keys.empty')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                title: t('keys.name'),
                keep: true,
                cell: (key) => (
                  <>
                    {key.name} <code title={key.id}>…{key.id.slice(-6)}</code>
                  </>
                ),
              },
              { title: t('keys.kind'), keep: true, cell: ({ kind }) => t(`keys.kindNames.${kind}`) },
              { title: t('keys.may'), cell: (key) => <May of={key} /> },
              {
                title: t('keys.addresses'),
                cell: ({ addresses }) =>
                  addresses.length === 0
                    ? t('keys.anywhere')
                    : addresses.map((one) => <code key={one}>{one} </code>),
              },
              { title: t('keys.by'), cell: ({ made_by }) => made_by.email },
              {
                title: t('keys.expires'),
                cell: ({ expires_at }) => (expires_at ? <When at={expires_at} /> : t('keys.noEnd')),
              },
              { title: t('keys.used'), cell: (key) => <LastUse of={key} /> },
              { title: t('keys.state'), keep: true, cell: (key) => <KeyState state={key.state} /> },
              {
                title: t('keys.revoke'),
                end: true,
                cell: (key) =>
                  mayAct && key.revoked_at === null ? (
                    <AskButton
                      label={t('keys.revoke')}
                      name={t('keys.revokeOf', { name: key.name })}
                      text={t('keys.revokeText')}
                      danger
                      act={() => revokeKey(key.id)}
                      done={t('keys.revoked')}
                      refresh={[keysQuery.queryKey]}
                    />
                  ) : null,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function May({ of: { areas, services } }: { of: Key }) {
  const { t } = useTexts();
  const said = Object.entries(areas).map(
    ([area, does]) => `${t(`keys.areas.${area as 'money'}`)}: ${t(`members.does.${does}`)}`,
  );
  return (
    <span className="small">
      {said.join(' · ')}
      {services ? t('members.more', { count: services.length }) : ''}
    </span>
  );
}

function LastUse({ of: { last_used_at, last_used_ip } }: { of: Key }) {
  const { t } = useTexts();
  if (!last_used_at) return t('keys.never');
  return (
    <>
      <When at={last_used_at} /> <code>{last_used_ip}</code>
    </>
  );
}

function KeyState({ state }: { state: Key['state'] }) {
  const { t } = useTexts();
  const tone = { live: 'good', expired: 'warn', revoked: 'none', 'maker-gone': 'none' } as const;
  return <Toned tone={tone[state]}>{t(`keys.states.${state}`)}</Toned>;
}
