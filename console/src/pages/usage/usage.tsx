import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import {
  buyPackage,
  chargesQuery,
  type Estimate,
  estimateQuery,
  type Meter,
  metersQuery,
  type Packages,
  packagesQuery,
} from '../../api/usage.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { inUnits, yuan } from '../../ui/format.ts';
import { Page, Panel, Quiet } from '../../ui/kit.tsx';
import { MoneyNav } from '../../ui/money-nav.tsx';
import { LoadingPage } from '../../ui/page-states.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Sums } from '../../ui/sums.tsx';
import { PagedTable, Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { PackageOutages } from '../outages-of.tsx';
import { Budgets } from './budgets.tsx';

const UsageChart = lazy(() => import('./chart.tsx').then((m) => ({ default: m.UsageChart })));

/** What was used this month and what it comes to, how that went, what it was charged, and its limits. */
export function UsagePage() {
  const { t } = useTexts();
  const meters = useQuery(metersQuery);
  return (
    <Page title={t('usage.title')}>
      <MoneyNav />
      <QueryState query={meters}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet title={t('usage.none')} />
          ) : (
            <div className="stack">
              <EstimatePanel meters={items} />
              <Suspense fallback={<LoadingPage />}>
                <UsageChart meters={items} />
              </Suspense>
              <Budgets meters={items} />
              <PackagesPanel meters={items} />
              <Charges />
            </div>
          )
        }
      </QueryState>
    </Page>
  );
}

function EstimatePanel({ meters }: { meters: Meter[] }) {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(estimateQuery)}>
      {(found) => (
        <Panel
          title={t('usage.estimate')}
          aside={
            <span className="faint small">
              <When at={found.at} />
            </span>
          }
        >
          <div className="stack">
            <Sums
              items={[
                { name: t('usage.total'), value: yuan(found.total) },
                { name: t('usage.charged'), value: yuan(found.charged) },
                { name: t('usage.pending'), value: yuan(found.pending) },
              ]}
            />
            <EstimateLines lines={found.lines} meters={meters} />
          </div>
        </Panel>
      )}
    </QueryState>
  );
}

function EstimateLines({ lines, meters }: { lines: Estimate['lines']; meters: Meter[] }) {
  const { t, pick } = useTexts();
  const productOf = (id: string) => {
    const meter = meters.find(({ product }) => product === id);
    return meter ? pick(meter.product_name) : id;
  };
  return (
    <Table
      label={t('usage.estimate')}
      empty={t('usage.emptyEstimate')}
      rows={lines}
      rowKey={(line) => `${line.product} ${line.meter}`}
      columns={[
        { title: t('usage.product'), cell: (line) => productOf(line.product) },
        { title: t('usage.meter'), cell: (line) => pick(line.name) },
        {
          title: t('usage.quantity'),
          end: true,
          cell: (line) => `${inUnits(line.quantity, line.unit_size)} ${pick(line.unit)}`,
        },
        { title: t('usage.charged'), end: true, keep: true, cell: (line) => yuan(line.charged) },
        { title: t('usage.pending'), end: true, keep: true, cell: (line) => yuan(line.pending) },
      ]}
    />
  );
}

function Charges() {
  const { t, pick } = useTexts();
  return (
    <Panel title={t('usage.charges')}>
      <PagedTable
        query={useInfiniteQuery(chargesQuery)}
        label={t('usage.charges')}
        empty={t('usage.emptyCharges')}
        rowKey={(charge) => charge.id}
        columns={[
          {
            title: t('usage.period'),
            cell: (charge) => (
              <>
                <When at={charge.period_start} /> – <When at={charge.period_end} />
              </>
            ),
          },
          {
            title: t('usage.meter'),
            cell: (charge) => (
              <>
                {pick(charge.product_name)} · {pick(charge.name)}{' '}
                {charge.kind === 'adjustment' ? (
                  <Toned tone="warn">{t('usage.kinds.adjustment')}</Toned>
                ) : null}
              </>
            ),
          },
          {
            title: t('usage.quantity'),
            end: true,
            cell: (charge) => `${inUnits(charge.quantity, charge.unit_size)} ${pick(charge.unit)}`,
          },
          { title: t('usage.amount'), end: true, keep: true, cell: (charge) => yuan(charge.amount) },
          {
            title: t('usage.explain'),
            end: true,
            cell: (charge) => (
              <Link
                to="/billing/usage/$id"
                params={{ id: charge.id }}
                aria-label={t('usage.explainOf', { name: pick(charge.name) })}
              >
                {t('usage.explain')}
              </Link>
            ),
          },
        ]}
      />
    </Panel>
  );
}

/** Quota that is bought ahead. */
function PackagesPanel({ meters }: { meters: Meter[] }) {
  const { t } = useTexts();
  return (
    <Panel title={t('usage.packages')} lead={t('usage.packagesLead')}>
      <QueryState query={useQuery(packagesQuery)}>
        {(found) =>
          found.sold.length + found.items.length === 0 ? (
            <p className="faint">{t('usage.noPackages')}</p>
          ) : (
            <>
              {found.items.length > 0 ? <OwnPackages found={found} meters={meters} /> : null}
              <SoldPackages found={found} meters={meters} />
            </>
          )
        }
      </QueryState>
    </Panel>
  );
}

function usePackageWords(found: Packages, meters: Meter[]) {
  const { pick } = useTexts();
  return {
    quantity: (product: string, meter: string, quantity: string, inPricedUnits = false) => {
      const measured = meters.find((each) => each.product === product && each.meter === meter);
      return measured
        ? `${inUnits(quantity, inPricedUnits ? '1' : measured.unit_size)} ${pick(measured.unit)}`
        : quantity;
    },
    name: (product: string, id: string) => {
      const sold = found.sold.find((each) => each.product === product && each.package === id);
      return sold ? pick(sold.name) : id;
    },
  };
}

function OwnPackages({ found, meters }: { found: Packages; meters: Meter[] }) {
  const { t } = useTexts();
  const words = usePackageWords(found, meters);
  return (
    <>
      <Table
        label={t('usage.packages')}
        empty=""
        rows={found.items}
        rowKey={(row) => row.id}
        columns={[
          { title: t('usage.packageName'), cell: (row) => words.name(row.product, row.package) },
          {
            title: t('usage.packageUsed'),
            end: true,
            cell: (row) =>
              `${words.quantity(row.product, row.meter, row.used)} / ${words.quantity(row.product, row.meter, row.quantity)}`,
          },
          { title: t('usage.packageEnds'), keep: true, end: true, cell: (row) => <When at={row.ends_at} /> },
        ]}
      />
      {found.items.map(({ id, product, package: sold }) => (
        <PackageOutages key={id} subject={id} name={words.name(product, sold)} />
      ))}
    </>
  );
}

function SoldPackages({ found, meters }: { found: Packages; meters: Meter[] }) {
  const { t, pick } = useTexts();
  const words = usePackageWords(found, meters);
  return (
    <Table
      label={t('usage.packageBuy')}
      empty={t('usage.noPackages')}
      rows={found.sold}
      rowKey={(row) => `${row.product} ${row.package}`}
      columns={[
        { title: t('usage.packageName'), cell: (row) => pick(row.name) },
        {
          title: t('usage.packageQuantity'),
          end: true,
          // What is sold is counted in priced units.
          cell: (row) => words.quantity(row.product, row.meter, row.quantity, true),
        },
        {
          title: t('usage.packageTerm'),
          end: true,
          cell: (row) => t('unit.month', { count: row.months }),
        },
        { title: t('usage.packagePrice'), end: true, keep: true, cell: (row) => yuan(row.price) },
        {
          title: t('usage.packageBuy'),
          end: true,
          cell: (row) => (
            <AskButton
              label={t('usage.packageBuy')}
              name={t('usage.packageBuyOf', { name: pick(row.name) })}
              text={t('usage.packageBuyText', { amount: yuan(row.price) })}
              act={(_, key) => buyPackage({ product: row.product, package: row.package }, key)}
              refresh={[['usage'], ['session'], ['statement']]}
            />
          ),
        },
      ]}
    />
  );
}
