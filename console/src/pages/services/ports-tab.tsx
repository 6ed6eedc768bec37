import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { removeMapping } from '../../api/acts.ts';
import { useAct } from '../../api/client.ts';
import { mappingsQuery } from '../../api/queries.ts';
import type { Instance, Mapping, Service } from '../../api/types.ts';
import { MappingAddForm } from '../../forms/mapping-add.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { busyProps } from '../../ui/act-button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';

/** Which public ports lead where, and a line to add one. */
export function PortsTab({ service, instance }: { service: Service; instance: Instance }) {
  const { t } = useTexts();
  const mappings = useQuery(mappingsQuery(service.id));
  const [removing, setRemoving] = useState<Mapping | null>(null);
  const range = instance.port_range;
  const address = instance.public_address ?? '';
  return (
    <Panel lead={range ? t('ports.lead', { address, from: range.from, to: range.to }) : null}>
      <QueryState query={mappings}>
        {(found) => (
          <>
            <p className="faint small" role="status">
              {t('ports.used', { used: found.items.length, limit: found.limit })}
            </p>
            <Table
              label={t('service.ports')}
              empty={t('ports.empty')}
              rows={found.items}
              rowKey={(mapping) => mapping.id}
              columns={[
                { title: t('ports.protocol'), cell: (mapping) => mapping.protocol.toUpperCase() },
                {
                  title: t('ports.listen'),
                  cell: (mapping) => {
                    const end = `${address}:${mapping.listen_port}`;
                    return (
                      <>
                        <code>{end}</code> <CopyButton text={end} label={t('ports.copy', { address: end })} />
                      </>
                    );
                  },
                },
                {
                  title: t('ports.target'),
                  cell: (mapping) => (
                    <>
                      <code>{mapping.target_port}</code>{' '}
                      {mapping.shut ? <Toned tone="warn">{t('webPorts.shut')}</Toned> : null}
                    </>
                  ),
                },
                {
                  title: t('ports.remove'),
                  end: true,
                  cell: (mapping) =>
                    mapping.fixed ? (
                      <span className="faint">{t('ports.fixed')}</span>
                    ) : (
                      <Button
                        size="small"
                        disabled={!service.actions.mappings}
                        aria-label={t('ports.removeOf', mappingWords(mapping))}
                        onClick={() => setRemoving(mapping)}
                      >
                        {t('ports.remove')}
                      </Button>
                    ),
                },
              ]}
            />
            {service.actions.mappings ? (
              found.items.length >= found.limit ? (
                <p className="quiet">{t('ports.full')}</p>
              ) : (
                <MappingAddForm serviceId={service.id} free={found.free} range={range} />
              )
            ) : null}
          </>
        )}
      </QueryState>
      {removing ? (
        <RemoveDialog serviceId={service.id} mapping={removing} onClose={() => setRemoving(null)} />
      ) : null}
    </Panel>
  );
}

function mappingWords(mapping: Mapping) {
  return {
    protocol: mapping.protocol.toUpperCase(),
    listen: String(mapping.listen_port),
    target: String(mapping.target_port),
  };
}

function RemoveDialog(props: { serviceId: string; mapping: Mapping; onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const act = useAct(removeMapping, {
    onSuccess: () => {
      props.onClose();
      void message.success(t('ports.removed'));
      return queryClient.invalidateQueries({ queryKey: mappingsQuery(props.serviceId).queryKey });
    },
  });
  return (
    <Modal
      open
      title={t('ports.confirmRemove', mappingWords(props.mapping))}
      onCancel={props.onClose}
      onOk={() => act.isPending || act.mutate({ id: props.serviceId, mapping_id: props.mapping.id })}
      okText={t('ports.remove')}
      okButtonProps={{ danger: true, ...busyProps(act.isPending) }}
      cancelText={t('app.cancel')}
      width={440}
    >
      <p>{t('ports.confirmRemoveText')}</p>
      {act.error ? <ProblemAlert error={act.error} /> : null}
    </Modal>
  );
}
