import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input } from 'antd';
import { useState } from 'react';
import { useAct } from '../../api/client.ts';
import { brandQuery } from '../../api/queries.ts';
import { type WorldNow, worldAdvance, worldQuery } from '../../api/world.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { When } from '../../ui/time.tsx';

const SPANS = [
  ['1h', 'hour'],
  ['1d', 'day'],
  ['7d', 'week'],
  ['1mo', 'month'],
] as const;

/** "12h" is a span, anything else a date. */
function wish(text: string): { by: string } | { until: string } {
  return /^\d+(min|h|d|mo)$/.test(text) ? { by: text } : { until: text };
}

/** The clock of a world, and the way to move it on. */
export function WorldPage() {
  const { t } = useTexts();
  const world = useQuery(worldQuery);
  return (
    <Page title={t('world.title')} lead={t('world.lead')}>
      <QueryState query={world}>{(found) => <Clock world={found} />}</QueryState>
    </Page>
  );
}

function Clock({ world }: { world: WorldNow }) {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const advance = useAct(worldAdvance, {
    onSuccess: async (state) => {
      queryClient.setQueryData(worldQuery.queryKey, state);
      setText('');
      await queryClient.invalidateQueries({ queryKey: brandQuery.queryKey });
    },
  });
  const going = world.target !== null;
  const busy = advance.isPending || going;
  return (
    <>
      {advance.error ? <ProblemAlert error={advance.error} /> : null}
      {world.failed ? (
        <Alert type="error" showIcon title={t('world.failed')} description={world.failed} />
      ) : null}
      <Panel title={t('world.clock')}>
        <Facts
          items={[
            [t('world.now'), <When key="now" at={world.now} parts="second" />],
            [t('world.target'), world.target ? <When key="target" at={world.target} /> : t('world.stands')],
            [t('world.stops'), String(world.stops)],
          ]}
        />
      </Panel>
      <Panel title={t('world.move')} lead={t('world.moveLead')}>
        <div className="page-actions">
          {SPANS.map(([span, name]) => (
            <Button key={span} disabled={busy} onClick={() => advance.mutate({ by: span })}>
              {t(`world.${name}`)}
            </Button>
          ))}
        </div>
        <form
          className="page-actions"
          style={{ marginTop: 16 }}
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() && !busy) advance.mutate(wish(text.trim()));
          }}
        >
          <Input
            aria-label={t('world.to')}
            placeholder={t('world.toHint')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            style={{ maxWidth: 320 }}
          />
          <ActButton type="primary" htmlType="submit" busy={busy}>
            {t('world.go')}
          </ActButton>
        </form>
      </Panel>
    </>
  );
}
