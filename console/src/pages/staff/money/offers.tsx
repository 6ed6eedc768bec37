import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  addCoupon,
  type Coupon,
  type CouponInput,
  couponsQuery,
  disableCoupon,
  importPrices,
  pricesQuery,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { textOfBase64 } from '../../../ui/file-field.tsx';
import { yuan } from '../../../ui/format.ts';
import { QueryState } from '../../../ui/query-state.tsx';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable } from '../../../ui/table.tsx';
import { dayEnd, dayStart, useTimeFormat, When } from '../../../ui/time.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** Coupons and price lists. */
export function OffersPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('desk.offers')}
      tabs={[
        { key: 'coupons', label: t('desk.coupons'), children: <Coupons /> },
        { key: 'prices', label: t('desk.prices'), children: <Prices /> },
      ]}
    />
  );
}

function Coupons() {
  const { t, pick } = useTexts();
  return (
    <div className="stack">
      <CouponAdd />
      <PagedTable
        query={useInfiniteQuery(couponsQuery)}
        label={t('desk.coupons')}
        empty={t('desk.emptyCoupons')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('desk.code'), cell: (row) => <code>{row.code}</code> },
          { title: t('billing.giftName'), cell: (row) => pick(row.name) },
          {
            title: t('desk.offKind'),
            cell: (row) =>
              row.off.kind === 'percent' ? `−${row.off.percent} %` : `−${yuan(row.off.amount)}`,
          },
          { title: t('desk.couponScope'), cell: (row) => t(`desk.scopes.${scopeOf(row)}`) },
          {
            title: t('desk.limits'),
            cell: (row) =>
              `${t('desk.perCustomer')} ${row.per_customer ?? '∞'} · ${t('desk.used')} ${row.used} / ${row.in_all ?? '∞'}`,
          },
          {
            title: t('desk.endsOn'),
            keep: true,
            cell: (row) => (row.ends_at ? <When at={row.ends_at} /> : '—'),
          },
          {
            title: t('desk.state'),
            cell: (row) => (
              <Toned tone={row.disabled_at ? 'none' : 'good'}>
                {t(row.disabled_at ? 'desk.disabled' : 'desk.usable')}
              </Toned>
            ),
          },
          {
            title: t('desk.act'),
            end: true,
            cell: (row) =>
              row.disabled_at ? null : (
                <AskButton
                  danger
                  label={t('desk.disable')}
                  name={`${t('desk.disable')} ${row.code}`}
                  act={(_, key) => disableCoupon(row.id, key)}
                  refresh={[['staff', 'coupons']]}
                />
              ),
          },
        ]}
      />
    </div>
  );
}

function scopeOf({ first_order, renewals }: Coupon): 'all' | 'orders' | 'first' {
  return first_order ? 'first' : renewals ? 'all' : 'orders';
}

function CouponAdd() {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  return (
    <AskButton
      strong
      label={t('desk.addCoupon')}
      fields={[
        { name: 'code', label: t('desk.code') },
        { name: 'zh', label: t('desk.nameZh') },
        { name: 'en', label: t('desk.nameEn') },
        {
          name: 'kind',
          label: t('desk.offKind'),
          kind: 'choice',
          initial: 'percent',
          choices: (['percent', 'fixed'] as const).map((value) => ({
            value,
            label: t(`desk.offKinds.${value}`),
          })),
        },
        { name: 'value', label: t('desk.offValue') },
        {
          name: 'scope',
          label: t('desk.couponScope'),
          kind: 'choice',
          initial: 'orders',
          choices: (['orders', 'all', 'first'] as const).map((value) => ({
            value,
            label: t(`desk.scopes.${value}`),
          })),
        },
        { name: 'per_customer', label: t('desk.perCustomer'), initial: '1', optional: true },
        { name: 'in_all', label: t('desk.inAll'), optional: true },
        { name: 'ends_on', label: t('desk.endsOn'), kind: 'date', optional: true },
      ]}
      act={(said, key) => addCoupon(couponOf(said, zone), key)}
      done={t('desk.done')}
      refresh={[['staff', 'coupons']]}
    />
  );
}

function couponOf(said: Record<string, string>, zone: string): CouponInput {
  const { code = '', zh = '', en = '', kind, value = '', scope, per_customer, in_all, ends_on } = said;
  return {
    code,
    name: { zh, en },
    off: kind === 'fixed' ? { kind: 'fixed', amount: value } : { kind: 'percent', percent: value },
    first_order: scope === 'first',
    renewals: scope === 'all',
    per_customer: per_customer ? Number(per_customer) : null,
    in_all: in_all ? Number(in_all) : null,
    ends_at: ends_on ? dayEnd(ends_on, zone) : null,
  };
}

function Prices() {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  return (
    <QueryState query={useQuery(pricesQuery)}>
      {(found) => (
        <div className="stack">
          <p className="soft">{t('desk.pricesLead')}</p>
          <p className="spaced">
            <When at={found.effective_at} />
            <button
              type="button"
              className="button button-small"
              onClick={() => saveText('prices.csv', found.csv)}
            >
              {t('desk.downloadCsv')}
            </button>
            <AskButton
              label={t('desk.importPrices')}
              text={t('desk.csvHint')}
              fields={[
                { name: 'file', label: t('desk.csvFile'), kind: 'file', accept: '.csv,text/csv' },
                { name: 'on', label: t('desk.effectiveOn'), kind: 'date', optional: true },
                {
                  name: 'running',
                  label: t('prices.running'),
                  kind: 'choice',
                  initial: 'keep',
                  choices: [
                    { value: 'keep', label: t('prices.runningKeep') },
                    { value: 'move', label: t('prices.runningMove') },
                  ],
                },
              ]}
              act={({ file = '', on, running }, key) =>
                importPrices(
                  {
                    csv: textOfBase64(file),
                    running: running === 'move' ? 'move' : 'keep',
                    ...(on ? { effective_at: dayStart(on, zone) } : {}),
                  },
                  key,
                )
              }
              done={t('desk.announced')}
              refresh={[['staff', 'prices']]}
            />
          </p>
          <pre className="csv-shown">{found.csv}</pre>
        </div>
      )}
    </QueryState>
  );
}

function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
