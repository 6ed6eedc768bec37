import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { termsQuery } from '../../../api/queries.ts';
import { customerGiftsQuery, giveGift, placeFreeze } from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { yuan } from '../../../ui/format.ts';
import { Panel } from '../../../ui/kit.tsx';
import { QueryState } from '../../../ui/query-state.tsx';
import { Table } from '../../../ui/table.tsx';
import { dayEnd, useTimeFormat, When } from '../../../ui/time.tsx';

/** Gifts of a customer, and what staff may do with their money. */
export function CustomerMoney({ customerId }: { customerId: string }) {
  const { t, pick } = useTexts();
  const { zone } = useTimeFormat();
  const terms = useSuspenseQuery(termsQuery).data;
  const freeze = terms.parameters.fund_freeze;
  const clauseName = (id: string) => {
    const clause = terms.clauses.find((each) => each.id === id);
    return clause ? `${id} ${pick(clause.title)}` : id;
  };
  return (
    <Panel
      title={t('desk.gifts')}
      aside={
        <span className="acts">
          <AskButton
            label={t('desk.giveGift')}
            fields={[
              { name: 'zh', label: t('desk.nameZh') },
              { name: 'en', label: t('desk.nameEn') },
              { name: 'amount', label: t('desk.amount'), kind: 'money' },
              { name: 'until', label: t('desk.giftUntil'), kind: 'date' },
              { name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') },
            ]}
            act={({ zh = '', en = '', amount = '', until = '', reason = '' }, key) =>
              giveGift(customerId, { name: { zh, en }, amount, expires_at: dayEnd(until, zone), reason }, key)
            }
            done={t('desk.done')}
            refresh={[
              ['staff', 'gifts'],
              ['staff', 'customer'],
            ]}
          />
          {freeze ? (
            <AskButton
              danger
              label={t('desk.freeze')}
              text={t('desk.freezeText')}
              fields={[
                { name: 'amount', label: t('desk.amount'), kind: 'money', optional: true },
                {
                  name: 'reason',
                  label: t('desk.freezeReason'),
                  kind: 'choice',
                  choices: freeze.reasons.map((value) => ({ value, label: clauseName(value) })),
                },
                { name: 'explanation', label: t('desk.freezeExplanation'), kind: 'area' },
              ]}
              act={({ amount, reason = '', explanation = '' }, key) =>
                placeFreeze(customerId, { amount: amount ?? null, reason, explanation }, key)
              }
              done={t('desk.done')}
              refresh={[['staff']]}
            />
          ) : null}
        </span>
      }
    >
      <QueryState query={useQuery(customerGiftsQuery(customerId))}>
        {({ items }) => (
          <Table
            label={t('desk.gifts')}
            empty={t('desk.emptyGifts')}
            rows={items}
            rowKey={(gift) => gift.id}
            columns={[
              { title: t('billing.giftName'), cell: (gift) => pick(gift.name) },
              { title: t('billing.giftUntil'), keep: true, cell: (gift) => <When at={gift.expires_at} /> },
              { title: t('desk.amount'), end: true, keep: true, cell: (gift) => yuan(gift.amount) },
              { title: t('billing.giftLeft'), end: true, keep: true, cell: (gift) => yuan(gift.left) },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
