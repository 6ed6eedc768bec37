import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { type Budget, budgetsQuery, type Meter, removeBudget } from '../../api/usage.ts';
import { BudgetSetForm } from '../../forms/budget-set.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { yuan } from '../../ui/format.ts';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';

/** Alerts at percentages of an amount, and the stop at all of it. */
export function Budgets({ meters }: { meters: Meter[] }) {
  const { t, pick } = useTexts();
  const [open, setOpen] = useState<Budget | 'new' | null>(null);
  const products = [...new Map(meters.map((each) => [each.product, pick(each.product_name)]))];
  const nameOf = (id: string | null) =>
    id === null ? t('usage.budgetAll') : (products.find(([product]) => product === id)?.[1] ?? id);
  return (
    <Panel
      title={t('usage.budgets')}
      lead={t('usage.budgetLead')}
      aside={
        <Button size="small" onClick={() => setOpen('new')}>
          {t('usage.budgetAdd')}
        </Button>
      }
    >
      <QueryState query={useQuery(budgetsQuery)}>
        {({ items }) => (
          <Table
            label={t('usage.budgets')}
            empty={t('usage.emptyBudgets')}
            rows={items}
            rowKey={(budget) => budget.id}
            columns={[
              { title: t('usage.budgetName'), cell: (budget) => budget.name },
              { title: t('usage.budgetProduct'), cell: (budget) => nameOf(budget.product) },
              { title: t('usage.budgetPercents'), cell: (budget) => budget.percents.join(', ') },
              {
                title: t('usage.budgetStop'),
                cell: (budget) => (
                  <>
                    {t(budget.stop ? 'app.yes' : 'app.no')}{' '}
                    {budget.stopped_at ? <Toned tone="bad">{t('state.suspended')}</Toned> : null}
                  </>
                ),
              },
              { title: t('usage.amount'), end: true, keep: true, cell: (budget) => yuan(budget.amount) },
              {
                title: t('usage.budgetRemove'),
                end: true,
                cell: (budget) => (
                  <span className="acts">
                    <Button size="small" onClick={() => setOpen(budget)}>
                      {t('app.edit')}
                    </Button>
                    <AskButton
                      danger
                      label={t('usage.budgetRemove')}
                      name={`${t('usage.budgetRemove')} ${budget.name}`}
                      text={t('usage.budgetRemoveText')}
                      act={(_, key) => removeBudget({ id: budget.id }, key)}
                      done={t('usage.budgetRemoved')}
                      refresh={[['usage', 'budgets']]}
                    />
                  </span>
                ),
              },
            ]}
          />
        )}
      </QueryState>
      {open ? (
        <Modal
          open
          footer={null}
          width={480}
          title={open === 'new' ? t('usage.budgetAdd') : open.name}
          onCancel={() => setOpen(null)}
        >
          <BudgetSetForm
            budget={open === 'new' ? null : open}
            products={products}
            onDone={() => setOpen(null)}
          />
        </Modal>
      ) : null}
    </Panel>
  );
}
