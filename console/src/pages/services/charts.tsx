import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Radio } from 'antd';
import { useState } from 'react';
import { metricsQuery } from '../../api/queries.ts';
import type { Metrics, MetricsWindow } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { bitRate, bytes, percent } from '../../ui/format.ts';
import { Panel, Quiet } from '../../ui/kit.tsx';
import { LineChart, type Series } from '../../ui/line-chart.tsx';
import { QueryState } from '../../ui/query-state.tsx';

const HOUR_MS = 3_600_000;
const SPAN_MS: Record<MetricsWindow, number> = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS };

const WINDOWS: [MetricsWindow, 'h1' | 'h24' | 'd7'][] = [
  ['1h', 'h1'],
  ['24h', 'h24'],
  ['7d', 'd7'],
];

/** Processor, memory, disk and network from the machine's own samples. */
export function Charts({ serviceId, running }: { serviceId: string; running: boolean }) {
  const { t } = useTexts();
  const [window, setWindow] = useState<MetricsWindow>('1h');
  const metrics = useQuery({ ...metricsQuery(serviceId, window), placeholderData: keepPreviousData });
  return (
    <Panel
      title={t('charts.title')}
      aside={
        <Radio.Group
          size="small"
          optionType="button"
          aria-label={t('charts.window')}
          value={window}
          onChange={(event) => setWindow(event.target.value as MetricsWindow)}
          options={WINDOWS.map(([value, name]) => ({ value, label: t(`charts.${name}`) }))}
        />
      }
    >
      <QueryState query={metrics}>
        {(found) =>
          found.points.length === 0 ? (
            <Quiet>{running ? t('charts.empty') : t('terminal.off')}</Quiet>
          ) : (
            <ChartGrid metrics={found} spanMs={SPAN_MS[window]} />
          )
        }
      </QueryState>
    </Panel>
  );
}

/** A processor that hardly works is drawn larger; a busy one against its limit. */
function cpuScale(points: Metrics['points'], cpus: number): number {
  const peak = Math.max(0, ...points.map((point) => point.cpu_percent ?? 0));
  return peak <= 4 ? 5 : peak <= 20 ? 25 : cpus * 100;
}

interface Plot {
  title: string;
  now: string;
  limit?: string;
  max?: number;
  format: (value: number) => string;
  series: Series[];
}

function ChartGrid({ metrics, spanMs }: { metrics: Metrics; spanMs: number }) {
  const { t } = useTexts();
  const { points, limits, traffic, step_s: stepS } = metrics;
  const last = points.at(-1)!;
  // A young machine's first minutes are drawn as wide as they deserve.
  const lived = Date.parse(last.at) - Date.parse(points[0]!.at);
  const shownMs = Math.min(spanMs, Math.max(lived, spanMs / 12));
  const line = (name: string, value: (point: (typeof points)[number]) => number | null): Series => ({
    name,
    points: points.map((point) => [Date.parse(point.at), value(point)]),
  });
  const plots: Plot[] = [
    {
      title: t('charts.cpu'),
      now: percent(last.cpu_percent ?? 0),
      limit: t('unit.core', { count: limits.cpus }),
      max: cpuScale(points, limits.cpus),
      format: percent,
      series: [line(t('charts.cpu'), (point) => point.cpu_percent)],
    },
    {
      title: t('charts.memory'),
      now: bytes(last.memory_bytes),
      limit: bytes(limits.memory_bytes),
      max: limits.memory_bytes,
      format: bytes,
      series: [line(t('charts.memory'), (point) => point.memory_bytes)],
    },
    {
      title: t('charts.disk'),
      now: bytes(last.disk_bytes),
      limit: bytes(limits.disk_bytes),
      max: limits.disk_bytes,
      format: bytes,
      series: [line(t('charts.disk'), (point) => point.disk_bytes)],
    },
    {
      title: t('charts.traffic'),
      now: `↓ ${bitRate(last.received_bps ?? 0)} ↑ ${bitRate(last.sent_bps ?? 0)}`,
      format: bitRate,
      series: [
        line(t('charts.received'), (point) => point.received_bps),
        line(t('charts.sent'), (point) => point.sent_bps),
      ],
    },
  ];
  return (
    <>
      <div className="charts">
        {plots.map((plot) => (
          <figure key={plot.title} className="chart">
            <figcaption>
              <span>{plot.title}</span>
              <strong>{plot.now}</strong>
              {plot.limit ? (
                <span className="faint small">{t('charts.ofLimit', { limit: plot.limit })}</span>
              ) : null}
            </figcaption>
            <LineChart
              label={t('charts.label', { title: plot.title, value: plot.now })}
              series={plot.series}
              spanMs={shownMs}
              gapMs={Math.max(stepS * 2_500, 90_000)}
              format={plot.format}
              {...(plot.max === undefined ? {} : { max: plot.max })}
            />
          </figure>
        ))}
      </div>
      <p className="faint small">
        {t('charts.totals', { received: bytes(traffic.received_bytes), sent: bytes(traffic.sent_bytes) })}
      </p>
    </>
  );
}
