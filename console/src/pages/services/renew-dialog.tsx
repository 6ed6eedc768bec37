import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { renewService } from '../../api/acts.ts';
import { useAct } from '../../api/client.ts';
import { renewalQuery, sessionQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { busyProps } from '../../ui/act-button.tsx';
import { parseYuan, yuan } from '../../ui/format.ts';
import { Facts, useSession } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';

export function RenewButton({ service, strong }: { service: Service; strong?: boolean }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="primary" ghost={!strong && service.state !== 'suspended'} onClick={() => setOpen(true)}>
        {t('service.renew')}
      </Button>
      {open ? <RenewDialog service={service} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** What it costs, what it buys, and whether the balance will do. */
function RenewDialog({ service, onClose }: { service: Service; onClose: () => void }) {
  const { t, pick } = useTexts();
  const { message } = App.useApp();
  const { instant } = useTimeFormat();
  const queryClient = useQueryClient();
  const session = useSession();
  const [months, setMonths] = useState(service.months[0] ?? 1);
  const [coupon, setCoupon] = useState('');
  const [applied, setApplied] = useState('');
  const quote = useQuery(renewalQuery(service.id, { months, ...(applied ? { coupon: applied } : {}) }));
  const total = quote.data?.total;
  const missing = quote.data?.payment?.missing ?? '0.00';
  const short = parseYuan(missing) > 0n;
  const act = useAct(renewService, {
    onSuccess: async ({ period_end: end }) => {
      void message.success(t('renewal.done', { at: instant(end) }), 6);
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['service', service.id] });
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  return (
    <Modal
      open
      title={t('renewal.title')}
      onCancel={onClose}
      onOk={() =>
        act.isPending || act.mutate({ id: service.id, months, ...(applied ? { coupon: applied } : {}) })
      }
      okText={t('renewal.pay', { amount: total ? yuan(total) : '' })}
      okButtonProps={{ ...busyProps(act.isPending), disabled: !total || short }}
      cancelText={t('app.cancel')}
      width={460}
    >
      <div className="stack">
        <Radio.Group
          aria-label={t('renewal.months')}
          value={months}
          onChange={(event) => setMonths(Number(event.target.value))}
          options={service.months.map((value) => ({ value, label: t('unit.month', { count: value }) }))}
        />
        <Input.Search
          aria-label={t('plan.coupon')}
          placeholder={t('plan.coupon')}
          value={coupon}
          maxLength={40}
          enterButton={t('plan.couponApply')}
          onChange={(event) => {
            setCoupon(event.target.value);
            setApplied('');
          }}
          onSearch={(code) => setApplied(code.trim())}
        />
        <QueryState query={quote}>
          {(found) => (
            <Facts
              items={[
                [t('service.expires'), <When key="end" at={service.period_end} />],
                ...found.lines.map((line): [string, string] => [pick(line.text), yuan(line.amount)]),
                [t('order.total'), <strong key="total">{yuan(found.total)}</strong>],
                ...(parseYuan(found.payment?.gift ?? '0') > 0n
                  ? [[t('plan.gift'), yuan(found.payment!.gift)] as [string, string]]
                  : []),
                [t('order.balance'), yuan(session.balance ?? '0')],
              ]}
            />
          )}
        </QueryState>
        {service.state === 'suspended' ? <p>{t('renewal.restored')}</p> : null}
        {short ? (
          <p style={{ color: 'var(--bad)' }}>
            {t('renewal.short', { amount: yuan(missing) })}{' '}
            <Link to="/top-up" search={{ amount: missing, back: `/services/${service.id}` }}>
              {t('nav.topUp')}
            </Link>
          </p>
        ) : null}
        {act.error ? <ProblemAlert error={act.error} /> : null}
      </div>
    </Modal>
  );
}
