import { useInfiniteQuery } from '@tanstack/react-query';
import { type Contract, contractsQuery, endContract } from '../../api/gates.ts';
import { ServiceContractForm } from '../../forms/service-contract-record.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { FileLink } from '../../ui/file-link.tsx';
import { Panel } from '../../ui/kit.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';

/** Contracts that were negotiated with a customer: recorded, listed, ended; each by two of the staff. */
export function CustomerContracts({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const contracts = useInfiniteQuery(contractsQuery(customerId));
  const refresh = [
    ['staff', 'service-contracts', customerId],
    ['staff', 'approvals'],
  ];
  const agreed = contracts.data?.pages.flatMap(({ items }) => items).filter(holds) ?? [];
  return (
    <Panel
      title={t('contracts.title')}
      lead={t('contracts.lead')}
      aside={<ServiceContractForm customerId={customerId} contracts={agreed} />}
    >
      <PagedTable
        query={contracts}
        label={t('contracts.title')}
        empty={t('contracts.none')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('contracts.number'), keep: true, cell: ({ number }) => number },
          { title: t('contracts.name'), cell: ({ title }) => title },
          { title: t('contracts.kind'), cell: ({ kind }) => t(`contracts.kinds.${kind}`) },
          {
            title: t('contracts.scope'),
            cell: ({ service_id: service }) =>
              service ? <code title={service}>{service.slice(0, 8)}</code> : t('contracts.all'),
          },
          {
            title: t('contracts.days'),
            cell: (row) => `${row.valid_from} – ${row.valid_to ?? t('contracts.open')}`,
          },
          {
            title: t('contracts.figures'),
            cell: ({ parameters }) => <code>{Object.keys(parameters).join(' ')}</code>,
          },
          { title: t('contracts.state'), keep: true, cell: ({ state }) => <ContractState state={state} /> },
          {
            title: t('contracts.file'),
            end: true,
            cell: ({ id, number }) => (
              <FileLink
                path={`/staff/service-contracts/${id}/file`}
                name={number}
                label={t('contracts.file')}
              />
            ),
          },
          {
            title: t('contracts.end'),
            end: true,
            cell: ({ id, number, state }) =>
              state === 'agreed' ? (
                <AskButton
                  danger
                  label={t('contracts.end')}
                  name={t('contracts.endOf', { number })}
                  text={t('contracts.endText')}
                  fields={[{ name: 'reason', label: t('contracts.reason'), kind: 'area' }]}
                  act={({ reason = '' }) => endContract(id, reason)}
                  done={t('contracts.endAsked')}
                  refresh={refresh}
                />
              ) : null,
          },
        ]}
      />
    </Panel>
  );
}

function holds({ kind, state }: Contract): boolean {
  return kind === 'service-contract' && state === 'agreed';
}

export function ContractState({ state }: { state: Contract['state'] }) {
  const { t } = useTexts();
  const tone = { waiting: 'busy', agreed: 'good', refused: 'bad', ended: 'none' } as const;
  return <Toned tone={tone[state]}>{t(`contracts.states.${state}`)}</Toned>;
}
