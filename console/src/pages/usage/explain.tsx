import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type Explained, explainQuery } from '../../api/usage.ts';
import { useTexts } from '../../i18n/texts.ts';
import { inUnits, yuan } from '../../ui/format.ts';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { MoneyNav } from '../../ui/money-nav.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

/** From a charge back to the tariff, the readings and the events that it came from. */
export function ExplainPage() {
  const { t } = useTexts();
  const { id } = useParams({ from: '/console/billing/usage/$id' });
  return (
    <Page
      title={t('usage.explainTitle')}
      lead={t('usage.explainLead')}
      actions={
        <Link to="/billing/usage" className="button">
          {t('usage.back')}
        </Link>
      }
    >
      <MoneyNav />
      <QueryState query={useQuery(explainQuery(id))}>
        {(found) => (
          <div className="stack">
            <ChargeFacts found={found} />
            <Parts found={found} />
            <Readings found={found} />
            <Sample found={found} />
          </div>
        )}
      </QueryState>
    </Page>
  );
}

function useQuantity(found: Explained) {
  const { pick } = useTexts();
  return (quantity: string) => `${inUnits(quantity, found.unit_size)} ${pick(found.unit)}`;
}

function ChargeFacts({ found }: { found: Explained }) {
  const { t, pick } = useTexts();
  const quantity = useQuantity(found);
  return (
    <Panel title={`${pick(found.product_name)} · ${pick(found.name)}`}>
      <Facts
        items={[
          [t('usage.amount'), <strong key="amount">{yuan(found.amount)}</strong>],
          [
            t('usage.period'),
            <span key="period">
              <When at={found.period_start} /> – <When at={found.period_end} />
            </span>,
          ],
          [t('usage.quantity'), quantity(found.quantity)],
          [t('billing.kind'), t(`usage.kinds.${found.kind}`)],
        ]}
      />
    </Panel>
  );
}

function Parts({ found }: { found: Explained }) {
  const { t, pick } = useTexts();
  const quantity = useQuantity(found);
  const unit = pick(found.unit);
  return (
    <Panel title={t('usage.parts')}>
      <Table
        label={t('usage.parts')}
        empty=""
        rows={found.parts.map((part, at) => ({ ...part, at }))}
        rowKey={(part) => part.at}
        columns={[
          {
            title: t('usage.partKind'),
            cell: (part) =>
              part.kind === 'tier'
                ? t('usage.partKinds.tier', { tier: part.tier ?? 1 })
                : `${t(`usage.partKinds.${part.kind}`)} ${part.package ?? ''}`,
          },
          {
            title: t('usage.tariffName'),
            cell: (part) =>
              part.tariff ? (
                <>
                  {part.tariff.version}{' '}
                  <span className="faint">
                    <When at={part.tariff.from} parts="date" />
                  </span>
                </>
              ) : (
                ''
              ),
          },
          { title: t('usage.quantity'), end: true, cell: (part) => quantity(part.quantity) },
          {
            title: t('usage.price'),
            end: true,
            cell: (part) =>
              part.price === null ? '—' : t('usage.unitPrice', { price: yuan(part.price), unit }),
          },
          {
            title: t('usage.partProduct'),
            end: true,
            cell: (part) => <ExactMicro product={part.product} size={found.unit_size} />,
          },
        ]}
      />
      <p className="soft small spaced" style={{ marginTop: 10 }}>
        <span>
          {t('usage.carriedIn')} <ExactMicro product={found.carried_in} size={found.unit_size} />
        </span>
        <span>
          {t('usage.carriedOut')} <ExactMicro product={found.carried_out} size={found.unit_size} />
        </span>
        <strong>= {yuan(found.amount)}</strong>
      </p>
    </Panel>
  );
}

/** An exact product of base units and micro-yuan, as yuan of the priced unit; for reading, not for reckoning. */
function ExactMicro({ product, size }: { product: string; size: string }) {
  const value = Number(product) / Number(size) / 1_000_000;
  return (
    <span title={product}>
      {value < 0 ? '−' : ''}¥
      {Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 8 })}
    </span>
  );
}

function Readings({ found }: { found: Explained }) {
  const { t } = useTexts();
  const quantity = useQuantity(found);
  return (
    <Panel title={t('usage.readings')}>
      <Table
        label={t('usage.readings')}
        empty=""
        rows={found.readings}
        rowKey={(reading) => `${reading.subject} ${reading.slot}`}
        columns={[
          { title: t('usage.slot'), keep: true, cell: (reading) => <When at={reading.slot} /> },
          { title: t('usage.subject'), cell: (reading) => <code>{reading.subject ?? '—'}</code> },
          { title: t('usage.events'), end: true, cell: (reading) => reading.events },
          { title: t('usage.measured'), end: true, cell: (reading) => quantity(reading.measured) },
          {
            title: t('usage.corrected'),
            end: true,
            cell: (reading) => (
              <>
                {quantity(reading.corrected)}
                {reading.corrections.map((each) => (
                  <div key={each.at} className="faint small">
                    {each.reason}
                  </div>
                ))}
              </>
            ),
          },
          { title: t('usage.counted'), end: true, cell: (reading) => quantity(reading.quantity) },
        ]}
      />
    </Panel>
  );
}

function Sample({ found }: { found: Explained }) {
  const { t } = useTexts();
  const events = found.readings.flatMap(({ subject, sample }) =>
    sample.map((each) => ({ ...each, subject })),
  );
  if (events.length === 0) return null;
  return (
    <Panel title={t('usage.sample')}>
      <Table
        label={t('usage.sample')}
        empty=""
        rows={events}
        rowKey={(each) => `${each.source} ${each.id}`}
        columns={[
          { title: t('billing.at'), keep: true, cell: (each) => <When at={each.at} parts="second" /> },
          { title: t('usage.source'), cell: (each) => <code>{each.source}</code> },
          { title: t('usage.eventId'), cell: (each) => <code>{each.id}</code> },
          { title: t('usage.subject'), cell: (each) => <code>{each.subject ?? '—'}</code> },
          { title: t('usage.value'), end: true, cell: (each) => each.value ?? each.key ?? '—' },
        ]}
      />
    </Panel>
  );
}
