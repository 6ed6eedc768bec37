import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { givenQuery, type Offer, offersQuery, refuseOffer, takenQuery } from '../api/pushes.ts';
import { PushAccept } from '../forms/push-accept.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { yuan } from '../ui/format.ts';
import { Facts, Page, Panel, useSession } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { PagedTable } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { WithdrawPush } from './services/push-panel.tsx';

/** What is offered to the account, and what came and went. */
export function PushesPage() {
  const { t } = useTexts();
  const owner = useSession().role === 'owner';
  return (
    <Page title={t('pushes.title')} lead={t('pushes.lead')}>
      <div className="stack">
        {owner ? <Offers /> : <p className="faint small">{t('pushes.ownerOnly')}</p>}
        <Given owner={owner} />
        <Taken />
      </div>
    </Page>
  );
}

function Offers() {
  const { t } = useTexts();
  return (
    <Panel title={t('pushes.offers')}>
      <QueryState query={useQuery(offersQuery)}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{t('pushes.offersNone')}</p>
          ) : (
            <div className="stack">
              {items.map((offer) => (
                <OfferShown key={offer.id} offer={offer} />
              ))}
            </div>
          )
        }
      </QueryState>
    </Panel>
  );
}

function OfferShown({ offer }: { offer: Offer }) {
  const { t, pick } = useTexts();
  return (
    <section className="stack" aria-label={offer.label}>
      <Facts
        items={[
          [t('pushes.service'), offer.label],
          [t('pushes.plan'), pick(offer.plan_name)],
          [t('pushes.region'), pick(offer.region_name)],
          [t('pushes.paidUntil'), <When key="paid" at={offer.period_end} />],
          [t('pushes.price'), yuan(offer.price)],
          [
            t('pushes.until'),
            <span key="until">
              <When at={offer.expires_at} />{' '}
              <ClauseChip id={offer.clause.id} version={offer.clause.version} />
            </span>,
          ],
          ...(offer.said
            ? [
                [
                  t('pushes.said'),
                  offer.said.clauses.map(({ id, text }) => (
                    <p key={id}>
                      {id} {text}
                    </p>
                  )),
                ] satisfies [string, ReactNode],
              ]
            : []),
          ...(offer.web_shut
            ? [[t('pushes.webShut'), t('pushes.webShutText')] satisfies [string, string]]
            : []),
        ]}
      />
      {offer.obstacles.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t('pushes.obstacles')}
          description={offer.obstacles.map(({ code, title, opens }) => (
            <p key={code}>
              {title} {opens}
            </p>
          ))}
        />
      ) : null}
      <p>
        <PushAccept offer={offer} />{' '}
        <AskButton
          label={t('pushes.refuse')}
          name={t('pushes.refuseOf', { label: offer.label })}
          text={t('pushes.refuseText')}
          act={() => refuseOffer(offer.id)}
          done={t('pushes.refused')}
          refresh={[['pushes']]}
        />
      </p>
    </section>
  );
}

function Given({ owner }: { owner: boolean }) {
  const { t } = useTexts();
  return (
    <Panel title={t('pushes.given')}>
      <PagedTable
        query={useInfiniteQuery(givenQuery)}
        label={t('pushes.given')}
        empty={t('pushes.givenNone')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('pushes.service'), keep: true, cell: ({ label }) => label },
          { title: t('pushes.toWhom'), cell: ({ to }) => to },
          { title: t('pushes.state'), keep: true, cell: ({ state }) => t(`pushes.states.${state}`) },
          { title: t('pushes.at'), cell: (push) => <When at={push.ended_at ?? push.made_at} /> },
          { title: t('pushes.code'), cell: ({ code }) => (code ? <code>{code}</code> : null) },
          { title: t('pushes.left'), cell: ({ worth }) => (worth === null ? null : yuan(worth)) },
          {
            title: t('pushes.withdraw'),
            end: true,
            cell: (push) => (owner && push.state === 'open' ? <WithdrawPush push={push} /> : null),
          },
        ]}
      />
    </Panel>
  );
}

function Taken() {
  const { t } = useTexts();
  return (
    <Panel title={t('pushes.taken')}>
      <PagedTable
        query={useInfiniteQuery(takenQuery)}
        label={t('pushes.taken')}
        empty={t('pushes.takenNone')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('pushes.service'), keep: true, cell: ({ passed }) => passed?.label ?? '—' },
          { title: t('pushes.state'), keep: true, cell: ({ state }) => t(`pushes.states.${state}`) },
          { title: t('pushes.at'), cell: ({ ended_at }) => <When at={ended_at} /> },
          { title: t('pushes.price'), cell: ({ passed }) => (passed ? yuan(passed.price) : null) },
        ]}
      />
    </Panel>
  );
}
