import { useQuery } from '@tanstack/react-query';
import {
  customerRealNameQuery,
  demandRealName,
  dropDemand,
  revokeRealName,
  withdrawConsent,
} from '../../api/verification.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { FileLink } from '../../ui/file-link.tsx';
import { Facts, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';

/** Who a customer was found to be, by results alone; staff ask for it again or revoke it, by the clause. */
export function CustomerIdentity({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const methods: Record<string, string> = t('factValues', { returnObjects: true });
  const query = useQuery(customerRealNameQuery(customerId));
  const refresh = [
    ['staff', 'real-name', customerId],
    ['staff', 'customers'],
  ];
  const reason = { name: 'reason', label: t('reviews.reason'), kind: 'area' as const };
  return (
    <Panel title={t('reviews.panel')}>
      <QueryState query={query}>
        {(status) => (
          <>
            <Facts
              items={[
                [t('staff.realName'), t(status.state === 'passed' ? 'staff.passed' : 'staff.notPassed')],
                [t('identity.kind'), status.kind ? t(`identity.${status.kind}`) : '—'],
                [t('factNames.method'), status.method ? (methods[status.method] ?? status.method) : '—'],
                ...(status.demand
                  ? [
                      [
                        t('reviews.demand'),
                        `${status.demand.reason} · ${instant(status.demand.until)} · ${status.demand.clause}`,
                      ] as [string, string],
                    ]
                  : []),
              ]}
            />
            {status.consents.map(({ id, number, state }) => (
              <p key={id}>
                {t('identity.consent', { number })} · {state}{' '}
                {state === 'signed' ? (
                  <>
                    <FileLink
                      path={`/staff/guardian-consents/${id}/pdf`}
                      name={number}
                      label={t('identity.download')}
                    />{' '}
                    <AskButton
                      danger
                      label={t('reviews.withdraw')}
                      fields={[reason]}
                      act={(said) => withdrawConsent(id, said.reason ?? '')}
                      done={t('reviews.withdrawn')}
                      refresh={refresh}
                    />
                  </>
                ) : null}
              </p>
            ))}
            <Table
              label={t('identity.attempts')}
              empty={t('identity.none')}
              rows={status.attempts.made}
              rowKey={({ id }) => id}
              columns={[
                { title: t('identity.when'), cell: ({ at }) => <When at={at} /> },
                { title: t('identity.what'), cell: ({ kind }) => t(`identity.kinds.${kind}`) },
                { title: t('identity.came'), keep: true, cell: (row) => t(`identity.results.${row.result}`) },
                { title: t('identity.cost'), cell: ({ fee }) => `¥${fee}` },
              ]}
            />
            {status.state === 'passed' ? (
              <span className="acts">
                {status.demand ? (
                  <AskButton
                    label={t('reviews.drop')}
                    act={() => dropDemand(customerId)}
                    done={t('reviews.dropped')}
                    refresh={refresh}
                  />
                ) : (
                  <AskButton
                    label={t('reviews.demand')}
                    fields={[reason, { name: 'days', label: t('reviews.days'), initial: '7' }]}
                    act={(said, key) =>
                      demandRealName(customerId, { reason: said.reason ?? '', days: Number(said.days) }, key)
                    }
                    done={t('reviews.demanded')}
                    refresh={refresh}
                  />
                )}
                <AskButton
                  danger
                  label={t('reviews.revoke')}
                  fields={[reason]}
                  act={(said) => revokeRealName(customerId, said.reason ?? '')}
                  done={t('reviews.revoked')}
                  refresh={refresh}
                />
              </span>
            ) : null}
          </>
        )}
      </QueryState>
    </Panel>
  );
}
