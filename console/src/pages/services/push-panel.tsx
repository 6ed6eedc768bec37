import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { gatesQuery } from '../../api/gates.ts';
import { type Given, givenQuery, offerService, withdrawPush } from '../../api/pushes.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Facts, Panel, useSession } from '../../ui/kit.tsx';
import { When } from '../../ui/time.tsx';

/** An offer of this service that stands, or the button that makes one; nothing where the terms know no push. */
export function PushPanel({ service }: { service: Service }) {
  const owner = useSession().role === 'owner';
  const offered = useQuery({ ...gatesQuery, enabled: owner }).data?.items.find(({ act }) => act === 'push');
  const given = useInfiniteQuery({ ...givenQuery, enabled: owner });
  if (!owner || !offered || offered.shut?.code === 'act-not-offered') return null;
  const items = given.data?.pages.flatMap((page) => page.items) ?? [];
  const open = items.find(({ service_id, state }) => service_id === service.id && state === 'open');
  if (open) return <Waiting push={open} />;
  return service.state === 'active' ? <Give service={service} /> : null;
}

function Waiting({ push }: { push: Given }) {
  const { t } = useTexts();
  return (
    <Panel title={t('pushes.waiting')} aside={<WithdrawPush push={push} />}>
      <Facts
        items={[
          [t('pushes.toWhom'), push.to],
          [
            t('pushes.code'),
            <span key="code">
              <code>{push.code}</code> <CopyButton text={push.code ?? ''} label={t('pushes.code')} />{' '}
              <span className="faint small">{t('pushes.codeHint')}</span>
            </span>,
          ],
          [
            t('pushes.until'),
            <span key="until">
              <When at={push.expires_at} /> <ClauseChip id={push.clause.id} version={push.clause.version} />
            </span>,
          ],
        ]}
      />
    </Panel>
  );
}

function Give({ service }: { service: Service }) {
  const { t } = useTexts();
  return (
    <p>
      <AskButton
        label={t('pushes.give')}
        title={t('pushes.give')}
        text={t('pushes.giveText')}
        fields={[{ name: 'to', label: t('pushes.to'), hint: t('pushes.toHint') }]}
        danger
        act={({ to = '' }, key) => offerService(service.id, to.trim(), key)}
        done={t('pushes.made')}
        refresh={[['pushes']]}
      />
    </p>
  );
}

export function WithdrawPush({ push }: { push: Given }) {
  const { t } = useTexts();
  return (
    <AskButton
      label={t('pushes.withdraw')}
      name={t('pushes.withdrawOf', { label: push.label })}
      text={t('pushes.withdrawText')}
      act={() => withdrawPush(push.id)}
      done={t('pushes.withdrawn')}
      refresh={[['pushes']]}
    />
  );
}
