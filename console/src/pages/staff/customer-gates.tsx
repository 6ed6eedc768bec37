import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  ACTS,
  customerGatesQuery,
  type Gate,
  liftRestriction,
  placeRestriction,
  restrictionsQuery,
} from '../../api/gates.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { StaffNeeds } from '../../ui/staff-may.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { GatesTable } from '../account-gates.tsx';

/** What a customer may do, and restrictions that staff place and lift one by one. */
export function CustomerGates({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  return (
    <>
      <Panel title={t('gates.title')}>
        <QueryState query={useQuery(customerGatesQuery(customerId))}>
          {({ items }) => <GatesTable items={items} />}
        </QueryState>
      </Panel>
      <StaffNeeds area="cases">
        <Restrictions customerId={customerId} />
      </StaffNeeds>
    </>
  );
}

function Restrictions({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const refresh = [
    ['staff', 'gates', customerId],
    ['staff', 'restrictions', customerId],
    ['staff', 'audit'],
  ];
  const reason = { name: 'reason', label: t('gates.reason'), kind: 'area' as const };
  return (
    <Panel
      title={t('gates.restrictions')}
      lead={t('gates.restrictionsLead')}
      aside={
        <AskButton
          danger
          label={t('gates.restrict')}
          fields={[
            {
              name: 'act',
              label: t('gates.what'),
              kind: 'choice',
              choices: ACTS.map((value) => ({ value, label: t(`gates.acts.${value}`) })),
            },
            reason,
          ]}
          act={({ act = '', reason: why = '' }, key) =>
            placeRestriction({ id: customerId, acts: [act as Gate['act']], reason: why }, key)
          }
          done={t('gates.placedDone')}
          refresh={refresh}
        />
      }
    >
      <PagedTable
        query={useInfiniteQuery(restrictionsQuery(customerId))}
        label={t('gates.restrictions')}
        empty={t('gates.noRestrictions')}
        rowKey={({ id }) => id}
        columns={[
          {
            title: t('gates.what'),
            keep: true,
            cell: ({ acts }) => acts.map((act) => t(`gates.acts.${act}`)).join(' · '),
          },
          {
            title: t('gates.clause'),
            cell: ({ clause }) => <ClauseChip id={clause.id} version={clause.version} />,
          },
          { title: t('gates.reason'), cell: (row) => row.reason },
          { title: t('gates.placed'), cell: (row) => <When at={row.placed_at} /> },
          {
            title: t('gates.lifted'),
            keep: true,
            end: true,
            cell: ({ id, acts, lifted_at: lifted, case_id: ofCase }) =>
              lifted ? (
                <When at={lifted} />
              ) : ofCase ? (
                t('gates.standing')
              ) : (
                <AskButton
                  label={t('gates.lift')}
                  name={t('gates.liftOf', { acts: acts.map((act) => t(`gates.acts.${act}`)).join(' · ') })}
                  fields={[reason]}
                  act={({ reason: why = '' }) => liftRestriction(id, why)}
                  done={t('gates.liftedDone')}
                  refresh={refresh}
                />
              ),
          },
        ]}
      />
    </Panel>
  );
}
