import { useInfiniteQuery } from '@tanstack/react-query';
import { ownContractsQuery } from '../api/gates.ts';
import { useTexts } from '../i18n/texts.ts';
import { FileLink } from '../ui/file-link.tsx';
import { Panel } from '../ui/kit.tsx';
import { PagedTable } from '../ui/table.tsx';

/** Contracts that were negotiated with this customer; no panel for those who have none. */
export function OwnServiceContracts() {
  const { t } = useTexts();
  const contracts = useInfiniteQuery(ownContractsQuery);
  if (!contracts.data?.pages[0]?.items.length) return null;
  return (
    <Panel title={t('contracts.title')} lead={t('contracts.lead')}>
      <PagedTable
        query={contracts}
        label={t('contracts.title')}
        empty={t('contracts.none')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('contracts.number'), keep: true, cell: ({ number }) => number },
          { title: t('contracts.name'), keep: true, cell: ({ title }) => title },
          { title: t('contracts.kind'), cell: ({ kind }) => t(`contracts.kinds.${kind}`) },
          {
            title: t('contracts.days'),
            cell: (row) => `${row.valid_from} – ${row.valid_to ?? t('contracts.open')}`,
          },
          { title: t('contracts.state'), cell: ({ state }) => t(`contracts.states.${state}`) },
          {
            title: t('contracts.file'),
            end: true,
            cell: ({ id, number }) => (
              <FileLink path={`/service-contracts/${id}/file`} name={number} label={t('contracts.file')} />
            ),
          },
        ]}
      />
    </Panel>
  );
}
