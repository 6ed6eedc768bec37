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

/** What of pushes there is for this service: null where the terms know none, or its reader isn't the owner. */
function usePush(service: Service): { open: Given | undefined } | null {
  const owner = useSession().role === 'owner';
  const offered = useQuery({ ...gatesQuery, enabled: owner }).data?.items.find(({ act }) => act === 'push');
  const given = useInfiniteQuery({ ...givenQuery, enabled: owner });
  if (!owner || !offered || offered.shut?.code === 'act-not-offered') return null;
  const items = given.data?.pages.flatMap((page) => page.items) ?? [];
  const open = items.find(({ service_id, state }) => service_id === service.id && state === 'open');
  return { open };
}

/** An offer of this service that stands. */
export function PushPanel({ service }: { service: Service }) {
  const open = usePush(service)?.open;
  return open ? <Waiting push={open} /> : null;
}

/** Where an offer is made, while none stands. */
export function PushOffer({ service }: { service: Service }) {
  const push = usePush(service);
  return push && !push.open && service.state === 'active' ? <Give service={service} /> : null;
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
    <Panel
      title={t('pushes.give')}
      lead={t('pushes.giveText')}
      aside={
        <AskButton
          label={t('pushes.give')}
          title={t('pushes.give')}
          text={t('pushes.giveText')}
          fields={[{ name: 'to', label: t('pushes.to'), hint: t('pushes.toHint') }]}
          act={({ to = '' }, key) => offerService(service.id, to.trim(), key)}
          done={t('pushes.made')}
          refresh={[['pushes']]}
        />
      }
    >
      {null}
    </Panel>
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
