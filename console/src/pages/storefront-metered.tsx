import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type PricedProduct, usagePricesQuery } from '../api/usage.ts';
import { useTexts } from '../i18n/texts.ts';
import { yuan } from '../ui/format.ts';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { TariffText } from './usage/tariff-text.tsx';

/** What use costs, product by product, with the packages that are sold ahead. */
export function MeteredPrices() {
  const { t } = useTexts();
  return (
    <section id="plans" className="store-part" aria-label={t('store.usagePrices')}>
      <header className="store-head">
        <h2>{t('store.usagePrices')}</h2>
        <p>{t('store.usagePricesLead')}</p>
      </header>
      <QueryState query={useQuery(usagePricesQuery)}>
        {({ items }) => (
          <div className="stack">
            {items.map((product) => (
              <Product key={product.product} product={product} />
            ))}
          </div>
        )}
      </QueryState>
      <p className="spaced" style={{ marginTop: 18 }}>
        <Link to="/billing/usage">{t('store.usageOpen')}</Link>
      </p>
    </section>
  );
}

function Product({ product }: { product: PricedProduct }) {
  const { t, pick } = useTexts();
  return (
    <section className="metered" aria-label={pick(product.name)}>
      <h3>{pick(product.name)}</h3>
      <p className="soft">{pick(product.summary)}</p>
      <Table
        label={pick(product.name)}
        empty=""
        rows={product.meters}
        rowKey={({ meter }) => meter}
        columns={[
          { title: t('usage.meter'), cell: ({ name }) => pick(name) },
          { title: t('usage.price'), cell: ({ tariff, unit }) => <TariffText tariff={tariff} unit={unit} /> },
        ]}
      />
      {product.packages.length > 0 ? (
        <Table
          label={`${pick(product.name)} ${t('usage.packages')}`}
          empty=""
          rows={product.packages}
          rowKey={(row) => row.package}
          columns={[
            { title: t('usage.packages'), cell: ({ name }) => pick(name) },
            { title: t('usage.packageTerm'), cell: ({ months }) => t('unit.month', { count: months }) },
            { title: t('usage.packagePrice'), end: true, keep: true, cell: ({ price }) => yuan(price) },
          ]}
        />
      ) : null}
    </section>
  );
}
