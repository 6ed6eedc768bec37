import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Checkbox } from 'antd';
import { useState } from 'react';
import { useAct } from '../../api/client.ts';
import { type AlignmentShown, alignmentQuery, alignServices } from '../../api/prices.ts';
import { servicesQuery, sessionQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { parseYuan, yuan } from '../../ui/format.ts';
import { Facts, Page, Panel, Quiet } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { When } from '../../ui/time.tsx';

/** Co-termination: services that end at different times are paid up to the last of them. */
export function AlignPage() {
  const { t } = useTexts();
  const services = useInfiniteQuery(servicesQuery);
  return (
    <Page title={t('align.title')} lead={t('align.lead')}>
      <Panel>
        <QueryState query={services}>
          {(data) => {
            const running = data.pages
              .flatMap((page) => page.items)
              .filter((service) => service.state === 'active');
            return running.length < 2 ? <Quiet>{t('align.none')}</Quiet> : <Choose services={running} />;
          }}
        </QueryState>
      </Panel>
    </Page>
  );
}

function Choose({ services }: { services: Service[] }) {
  const { t } = useTexts();
  const [chosen, setChosen] = useState<string[]>([]);
  const preview = useQuery({ ...alignmentQuery(chosen), enabled: chosen.length > 1 });
  return (
    <div className="stack">
      <Checkbox.Group
        aria-label={t('align.choose')}
        style={{ display: 'grid', gap: 10, marginBottom: 10 }}
        value={chosen}
        onChange={(values) => setChosen([...values].sort())}
      >
        {services.map((service) => (
          <Checkbox key={service.id} value={service.id}>
            <span className="spaced">
              <strong>{service.label}</strong>
              <When at={service.period_end} />
              <span className="faint">
                {yuan(service.price)} {t('unit.perMonth')}
              </span>
            </span>
          </Checkbox>
        ))}
      </Checkbox.Group>
      {chosen.length < 2 ? (
        <p className="faint">{t('align.choose')}</p>
      ) : (
        <QueryState query={preview}>
          {(found) => <Pay found={found} services={services} chosen={chosen} />}
        </QueryState>
      )}
    </div>
  );
}

function Pay(props: { found: AlignmentShown; services: Service[]; chosen: string[] }) {
  const { found, services, chosen } = props;
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const act = useAct(alignServices, {
    onSuccess: async () => {
      void message.success(t('align.done'));
      await queryClient.invalidateQueries({ queryKey: servicesQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await navigate({ to: '/services' });
    },
  });
  const short = parseYuan(found.payment.missing) > 0n;
  return (
    <>
      <Facts
        items={[
          [t('align.until'), <When key="until" at={found.until} />],
          ...found.services.map(({ service_id, amount }): [string, string] => [
            services.find(({ id }) => id === service_id)?.label ?? service_id,
            yuan(amount),
          ]),
          [t('align.total'), <strong key="total">{yuan(found.total)}</strong>],
        ]}
      />
      {short ? <p>{t('align.missing', { amount: yuan(found.payment.missing) })}</p> : null}
      {act.error ? <ProblemAlert error={act.error} /> : null}
      <ActButton
        type="primary"
        busy={act.isPending}
        disabled={short}
        onClick={() => act.mutate({ services: chosen })}
      >
        {t('align.pay', { amount: yuan(found.total) })}
      </ActButton>
    </>
  );
}
