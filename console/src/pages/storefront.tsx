import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { brandQuery, catalogueQuery, termsQuery } from '../api/queries.ts';
import type { Catalogue, Plan } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { PageTitle } from '../ui/brand.tsx';
import { megabytes, parseYuan, yuan } from '../ui/format.ts';
import './storefront.css';

/** Few sites sell by use alone, and its table weighs as much as the rest of the first page. */
const MeteredPrices = lazy(() =>
  import('./storefront-metered.tsx').then((m) => ({ default: m.MeteredPrices })),
);

const GETS = ['root', 'ssh', 'ports', 'charts', 'contract', 'stop'] as const;

/** What is sold, for how much, what comes with it, and what is not promised. */
export function Storefront() {
  const { pick } = useTexts();
  const catalogue = useSuspenseQuery(catalogueQuery).data;
  return (
    <>
      <PageTitle />
      <Hero catalogue={catalogue} />
      <div className="wide">
        {catalogue.products.length === 0 ? (
          <Suspense>
            <MeteredPrices />
          </Suspense>
        ) : null}
        {catalogue.products.map((product) => (
          <section key={product.id} id="plans" className="store-part" aria-label={pick(product.name)}>
            <ProductPlans product={product} regions={catalogue.regions} />
          </section>
        ))}
        {catalogue.products.length > 0 ? <Included /> : null}
        <Limits />
      </div>
    </>
  );
}

function Hero({ catalogue }: { catalogue: Catalogue }) {
  const { t, pick, locale } = useTexts();
  const brand = useSuspenseQuery(brandQuery).data;
  const terms = useSuspenseQuery(termsQuery).data;
  const prices = catalogue.products.flatMap((product) => product.plans.map((plan) => plan.price));
  const lowest = prices.reduce(
    (low, price) => (parseYuan(price) < parseYuan(low) ? price : low),
    prices[0] ?? '0',
  );
  const comma = locale === 'zh' ? '、' : ', ';
  return (
    <div className="hero">
      <div className="wide hero-grid">
        <div>
          <h1>{pick(brand.tagline)}</h1>
          {catalogue.products.map((product) => (
            <p key={product.id} className="hero-lead">
              <strong>{pick(product.name)}</strong>
              {locale === 'zh' ? '：' : ': '}
              {pick(product.summary)}
            </p>
          ))}
          <p className="hero-act">
            <a href="#plans" className="button button-strong">
              {t(prices.length > 0 ? 'store.heroCta' : 'store.usagePricesCta')}
            </a>
            {prices.length > 0 ? (
              <span className="soft">{t('store.heroFrom', { price: yuan(lowest) })}</span>
            ) : (
              <span className="soft">{t('store.nothingMonthly')}</span>
            )}
          </p>
        </div>
        <dl className="slip">
          <div hidden={catalogue.regions.length === 0}>
            <dt>{t('store.specRegions')}</dt>
            <dd>
              {catalogue.regions.map((region) => (
                <span key={region.id} className="slip-line">
                  {pick(region.name)}
                  {region.simulated ? <span className="label">{t('app.simulated')}</span> : null}
                  {region.available ? null : <span className="faint small">{t('store.unavailable')}</span>}
                </span>
              ))}
            </dd>
          </div>
          <div hidden={catalogue.images.length === 0}>
            <dt>{t('order.image')}</dt>
            <dd>{catalogue.images.map((image) => pick(image.name)).join(comma)}</dd>
          </div>
          <div>
            <dt>{t('nav.terms')}</dt>
            <dd>
              <Link to="/terms">
                {t('store.version', { version: terms.version, date: terms.published_on })}
              </Link>
              <code className="slip-hash">{terms.sha256.slice(0, 32)}…</code>
            </dd>
          </div>
        </dl>
      </div>
    </div>
  );
}

function ProductPlans({
  product,
  regions,
}: {
  product: Catalogue['products'][number];
  regions: Catalogue['regions'];
}) {
  const { t } = useTexts();
  return (
    <>
      <header className="store-head">
        <h2>{t('store.plansTitle')}</h2>
        <p>{t('store.priceNote')}</p>
      </header>
      <ul className="plans">
        {product.plans.map((plan) => (
          <PlanCard key={plan.id} plan={plan} regions={regions} />
        ))}
      </ul>
    </>
  );
}

function PlanCard({ plan, regions }: { plan: Plan; regions: Catalogue['regions'] }) {
  const { t, pick, locale } = useTexts();
  const offered = regions.filter((region) => plan.regions.includes(region.id));
  const buyable = offered.some((region) => region.available && plan.in_stock[region.id]);
  return (
    <li className="plan">
      <h3 id={`plan-${plan.id}`}>{pick(plan.name)}</h3>
      <p className="plan-price">
        <strong>{yuan(plan.price)}</strong> <span>{t('unit.perMonth')}</span>
      </p>
      <dl>
        <Spec name={t('store.specCpu')} value={t('unit.core', { count: plan.cpus })} />
        <Spec name={t('store.specMemory')} value={megabytes(plan.memory_mb)} />
        <Spec name={t('store.specDisk')} value={`${plan.disk_gb} GB`} />
        <Spec name={t('store.specBandwidth')} value={`${plan.bandwidth_mbps} Mbps`} />
        <Spec name={t('store.specPorts')} value={t('store.portsValue', { count: plan.ports })} />
        <Spec
          name={t('store.specRegions')}
          value={offered.map((region) => pick(region.name)).join(locale === 'zh' ? '、' : ', ')}
        />
      </dl>
      {buyable ? (
        <Link
          to="/order"
          search={{ plan: plan.id }}
          className="button"
          aria-label={t('store.choose', { plan: pick(plan.name) })}
        >
          {t('store.buy')}
        </Link>
      ) : (
        <span className="button button-off">{t('store.soldOut')}</span>
      )}
    </li>
  );
}

function Spec({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Included() {
  const { t } = useTexts();
  return (
    <section className="store-part" aria-label={t('store.included')}>
      <header className="store-head">
        <h2>{t('store.included')}</h2>
      </header>
      <ul className="gets">
        {GETS.map((name) => (
          <li key={name}>
            <h3>{t(`store.gets.${name}`)}</h3>
            <p>{t(`store.gets.${name}Text`)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The highlighted limits of the terms, before anybody pays. */
function Limits() {
  const { t, pick } = useTexts();
  const terms = useSuspenseQuery(termsQuery).data;
  return (
    <section className="store-part limits" aria-label={t('store.limitsTitle')}>
      <header className="store-head">
        <h2>{t('store.limitsTitle')}</h2>
        <p>{t('store.limitsLead')}</p>
      </header>
      <ol>
        {terms.highlights.map((limit) => (
          <li key={limit.id}>
            <h3>{pick(limit.title)}</h3>
            <p>{pick(limit.text)}</p>
            <Link
              to="/terms"
              hash={`c-${limit.clause}`}
              className="clause"
              aria-label={t('app.clause', { id: limit.clause })}
            >
              § {limit.clause}
            </Link>
          </li>
        ))}
      </ol>
      <Link to="/terms">{t('store.limitsLink')}</Link>
    </section>
  );
}
