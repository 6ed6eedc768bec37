import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Radio, Select } from 'antd';
import { useMemo, useState } from 'react';
import { estimateQuery, type Meter, seriesQuery } from '../../api/usage.ts';
import { useTexts } from '../../i18n/texts.ts';
import { inUnits } from '../../ui/format.ts';
import { Panel, Quiet } from '../../ui/kit.tsx';
import { LineChart } from '../../ui/line-chart.tsx';
import { presentMs } from '../../ui/now.ts';
import { QueryState } from '../../ui/query-state.tsx';
import { When } from '../../ui/time.tsx';
import { TariffText } from './tariff-text.tsx';

const HOUR_MS = 3_600_000;
const WINDOWS = { h24: 24, d7: 168, d30: 720 } as const;
type Window = keyof typeof WINDOWS;

/** One meter over time, with the price that it has now. */
export function UsageChart({ meters }: { meters: Meter[] }) {
  const { t, pick } = useTexts();
  const used = useQuery(estimateQuery).data?.lines[0];
  const [picked, setChosen] = useState<number | null>(null);
  // What was used this month comes first.
  const first = meters.findIndex((each) => each.product === used?.product && each.meter === used?.meter);
  const chosen = picked ?? Math.max(0, first);
  const [window, setWindow] = useState<Window>('h24');
  const meter = meters[chosen] ?? meters[0]!;
  const by = window === 'h24' && meter.settle === 'hour' ? 'hour' : window === 'd30' ? 'day' : 'hour';
  const { from, to } = useMemo(() => {
    const end = Math.ceil(presentMs() / HOUR_MS) * HOUR_MS;
    const at = (ms: number) => new Date(ms).toISOString();
    return { from: at(end - WINDOWS[window] * HOUR_MS), to: at(end) };
  }, [window]);
  const series = useQuery({
    ...seriesQuery({ product: meter.product, meter: meter.meter, from, to, by }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel
      className="usage-chart"
      title={t('usage.chart')}
      aside={
        <Radio.Group
          size="small"
          optionType="button"
          aria-label={t('usage.window')}
          value={window}
          onChange={(event) => setWindow(event.target.value as Window)}
          options={(['h24', 'd7', 'd30'] as const).map((value) => ({ value, label: t(`usage.${value}`) }))}
        />
      }
    >
      <div className="line-filter">
        <Select
          aria-label={t('usage.meter')}
          value={chosen}
          onChange={setChosen}
          style={{ minWidth: 220, maxWidth: '100%' }}
          options={meters.map((each, value) => ({
            value,
            label: `${pick(each.product_name)} · ${pick(each.name)}`,
          }))}
        />
      </div>
      <QueryState query={series}>
        {(found) =>
          found.items.length === 0 ? (
            <Quiet>{t('usage.emptySeries')}</Quiet>
          ) : (
            <LineChart
              label={t('usage.chartLabel', { name: pick(meter.name) })}
              spanMs={WINDOWS[window] * HOUR_MS}
              gapMs={WINDOWS[window] * HOUR_MS}
              format={(value) => `${inUnits(String(value), '1')} ${pick(found.unit)}`}
              series={[
                {
                  name: pick(meter.name),
                  points: found.items.map(({ at, quantity }) => [
                    Date.parse(at),
                    Number(quantity) / Number(found.unit_size),
                  ]),
                },
              ]}
            />
          )
        }
      </QueryState>
      <TariffShown meter={meter} />
    </Panel>
  );
}

function TariffShown({ meter }: { meter: Meter }) {
  const { tariff, unit } = meter;
  return (
    <div className="soft small" style={{ marginTop: 10 }}>
      <p>
        <TariffText tariff={tariff} unit={unit} />
      </p>
      <p className="faint">
        {meter.tariff.version} · <When at={tariff.from} parts="date" />
      </p>
    </div>
  );
}
