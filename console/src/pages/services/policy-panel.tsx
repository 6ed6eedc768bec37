import { useQuery } from '@tanstack/react-query';
import { type Policy, policyQuery } from '../../api/gates.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Facts, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { Figures } from './figures.tsx';

/** What holds for a service: each figure with its layer, paper and clause. */
export function PolicyPanel({ serviceId, side }: { serviceId: string; side: 'customer' | 'staff' }) {
  const { t } = useTexts();
  const policy = useQuery(policyQuery(serviceId, side));
  return (
    <Panel title={t('policy.title')} lead={t('policy.lead')}>
      <QueryState query={policy}>{(found) => <PolicyTable policy={found} />}</QueryState>
    </Panel>
  );
}

function PolicyTable({ policy }: { policy: Policy }) {
  const { t, pick } = useTexts();
  const { terms, order } = policy;
  return (
    <div className="stack">
      <Facts
        items={[
          [t('policy.terms'), <code key="terms">{terms.version}</code>],
          ...(order
            ? [
                [
                  t('policy.order'),
                  t('policy.orderFacts', {
                    number: order.number,
                    months: order.months,
                    price: order.price_version.slice(0, 8),
                  }),
                ] as [string, string],
              ]
            : []),
        ]}
      />
      <Table
        label={t('policy.title')}
        empty={t('app.empty')}
        rows={policy.figures.toSorted(byPlace)}
        rowKey={({ parameter }) => parameter}
        columns={[
          {
            title: t('policy.what'),
            keep: true,
            cell: ({ clause, parameter }) => <span title={parameter}>{pick(clause.title)}</span>,
          },
          {
            title: t('policy.value'),
            cell: ({ value, clause }) => (
              <>
                <Figures of={value} />
                <div className="small faint">{pick(clause.text)}</div>
              </>
            ),
          },
          {
            title: t('policy.layer'),
            keep: true,
            cell: ({ layer }) => (
              <Toned tone={layer === 'agreement' ? 'none' : 'good'}>{t(`policy.layers.${layer}`)}</Toned>
            ),
          },
          {
            title: t('policy.clause'),
            keep: true,
            cell: ({ clause }) => (
              <span title={pick(clause.text)}>
                {clause.id === 'preamble' ? t('app.preamble') : `§ ${clause.id}`}{' '}
                <span className="faint small">{clause.version}</span>
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

type Figure = Policy['figures'][number];

/** What stands over the agreement first, then as the agreement counts its clauses. */
function byPlace(a: Figure, b: Figure): number {
  const isOver = ({ layer }: Figure) => Number(layer === 'agreement');
  return isOver(a) - isOver(b) || a.clause.id.localeCompare(b.clause.id, 'en', { numeric: true });
}
