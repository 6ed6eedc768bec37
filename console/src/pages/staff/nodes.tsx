import { useQuery } from '@tanstack/react-query';
import { nodesQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { bytes } from '../../ui/format.ts';
import { Page, Panel, SimulatedLabel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

export function NodesPage() {
  const { t } = useTexts();
  const nodes = useQuery(nodesQuery);
  return (
    <Page title={t('staff.nodes')}>
      <Panel>
        <QueryState query={nodes}>
          {({ items }) => (
            <Table
              label={t('staff.nodes')}
              empty={t('staff.emptyNodes')}
              rows={items}
              rowKey={(node) => node.id}
              columns={[
                {
                  title: t('staff.node'),
                  cell: (node) => (
                    <>
                      <strong>{node.name}</strong> <code>{node.public_address}</code>
                    </>
                  ),
                },
                {
                  title: t('staff.product'),
                  cell: (node) => (
                    <>
                      {node.product ?? '—'} {node.simulated ? <SimulatedLabel /> : null}
                    </>
                  ),
                },
                {
                  title: t('staff.state'),
                  cell: (node) =>
                    node.error ? (
                      <Toned tone="bad">{node.error}</Toned>
                    ) : (
                      <Toned tone="good">{t('staff.healthy')}</Toned>
                    ),
                },
                { title: t('staff.region'), cell: (node) => node.regions.join(' ') },
                {
                  title: t('staff.capacity'),
                  cell: (node) =>
                    [
                      node.cpus === null ? null : t('unit.core', { count: node.cpus }),
                      node.memory_bytes === null ? null : bytes(node.memory_bytes),
                      node.disk_bytes === null ? null : bytes(node.disk_bytes),
                    ]
                      .filter(Boolean)
                      .join(' · '),
                },
                { title: t('staff.instances'), end: true, cell: (node) => node.instances },
                { title: t('staff.images'), cell: (node) => node.images.join(' ') },
                {
                  title: t('staff.seen'),
                  keep: true,
                  cell: (node) =>
                    node.seen_at ? <When at={node.seen_at} parts="second" /> : t('staff.never'),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
    </Page>
  );
}
