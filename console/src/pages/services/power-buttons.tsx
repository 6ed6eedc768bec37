import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { powerService } from '../../api/acts.ts';
import { useAct } from '../../api/client.ts';
import type { Instance, PowerAction, Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { busyProps } from '../../ui/act-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

const TEXTS = {
  start: { title: 'service.confirmStart', text: 'service.confirmStartText', act: 'service.start' },
  stop: { title: 'service.confirmStop', text: 'service.confirmStopText', act: 'service.stop' },
  restart: { title: 'service.confirmRestart', text: 'service.confirmRestartText', act: 'service.restart' },
} as const;

/** Start, stop, restart; each asks once, and says what it does to data and to the bill. */
export function PowerButtons({ service, instance }: { service: Service; instance: Instance }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<PowerAction | null>(null);
  const act = useAct(powerService, {
    onSuccess: () => {
      setAsked(null);
      void message.success(t('service.powerSent'));
      return queryClient.invalidateQueries({ queryKey: ['service', service.id], exact: true });
    },
  });
  const ask = (action: PowerAction) => {
    act.reset();
    setAsked(action);
  };
  const moving = instance.power !== null && instance.power !== instance.wanted_power;
  return (
    <>
      {instance.wanted_power === 'running' ? (
        <>
          <Button onClick={() => ask('restart')} disabled={moving}>
            {t('service.restart')}
          </Button>
          <Button onClick={() => ask('stop')} disabled={moving}>
            {t('service.stop')}
          </Button>
        </>
      ) : (
        <Button type="primary" onClick={() => ask('start')} disabled={moving}>
          {t('service.start')}
        </Button>
      )}
      <Modal
        open={asked !== null}
        title={asked ? t(TEXTS[asked].title) : ''}
        onCancel={() => setAsked(null)}
        onOk={() => asked && !act.isPending && act.mutate({ id: service.id, action: asked })}
        okText={asked ? t(TEXTS[asked].act) : ''}
        okButtonProps={{ danger: asked === 'stop', ...busyProps(act.isPending) }}
        cancelText={t('app.cancel')}
        width={440}
      >
        {asked ? <p>{t(TEXTS[asked].text)}</p> : null}
        {asked === 'stop' ? (
          <p style={{ margin: '8px 0', fontWeight: 550 }}>{t('service.powerNoBilling')}</p>
        ) : null}
        {act.error ? <ProblemAlert error={act.error} /> : null}
      </Modal>
    </>
  );
}
