import { LineChart as Lines } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { formatInstant, useTimeFormat } from './time.tsx';

use([Lines, GridComponent, TooltipComponent, SVGRenderer]);

export interface Series {
  name: string;
  /** [milliseconds since 1970, value]; null is a gap. */
  points: [number, number | null][];
}

interface LineChartProps {
  label: string;
  series: Series[];
  /** The time up to the last point that is shown, measured or not. */
  spanMs: number;
  /** Points further apart than this aren't joined: nothing was measured in between. */
  gapMs: number;
  format: (value: number) => string;
  max?: number;
}

/** Lines over time, the clock in the brand's zone. */
export function LineChart({ label, series, spanMs, gapMs, format, max }: LineChartProps) {
  const { locale } = useTexts();
  const { zone } = useTimeFormat();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);

  useEffect(() => {
    const made = init(place.current!, null, { renderer: 'svg' });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(place.current!);
    return () => {
      watch.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const brand = style.getPropertyValue('--brand').trim();
    const colours = [brand, '#d98b12'];
    const end = series[0]?.points.at(-1)?.[0] ?? 0;
    const at = (ms: number) => formatInstant(new Date(ms).toISOString(), zone, locale, 'minute');
    chart.current?.setOption({
      animation: false,
      color: colours,
      grid: {
        left: 4,
        right: 6,
        top: 8,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      tooltip: {
        trigger: 'axis',
        confine: true,
        transitionDuration: 0,
        formatter: (raw: unknown) => tip(raw as Tipped[], at, format),
      },
      xAxis: {
        type: 'time',
        min: end - spanMs,
        max: end,
        splitNumber: 4,
        axisLine: { lineStyle: { color: '#dfe5ea' } },
        axisTick: { show: false },
        axisLabel: { color: '#6a7885', hideOverlap: true, formatter: (ms: number) => tick(ms, at, spanMs) },
      },
      yAxis: {
        type: 'value',
        min: 0,
        ...(max === undefined ? {} : { max, interval: max / 2 }),
        splitNumber: 2,
        axisLabel: { color: '#6a7885', formatter: format },
        splitLine: { lineStyle: { color: '#ecf0f3' } },
      },
      series: series.map((each, index) => ({
        type: 'line',
        name: each.name,
        data: withGaps(each.points, gapMs),
        showSymbol: each.points.length < 3,
        symbolSize: 5,
        lineStyle: { width: 1.6 },
        ...(index === 0 ? { areaStyle: { opacity: 0.1 } } : {}),
      })),
    });
  }, [series, spanMs, gapMs, format, max, zone, locale]);

  return <div ref={place} role="img" aria-label={label} className="line-chart" />;
}

interface Tipped {
  seriesName: string;
  color: string;
  value: [number, number | null];
}

/** Elements, not markup: a text in it is only ever text, and its colour needs no inline style (CSP). */
function tip(rows: Tipped[], at: (ms: number) => string, format: (value: number) => string): HTMLElement[] {
  const head = document.createElement('div');
  head.textContent = at(rows[0]!.value[0]);
  const lines = rows.map(({ seriesName, color, value }) => {
    const marker = document.createElement('span');
    marker.className = 'line-chart-marker';
    marker.style.backgroundColor = color;
    const figure = document.createElement('b');
    figure.textContent = value[1] === null ? '—' : format(value[1]);
    const line = document.createElement('div');
    line.append(marker, `${seriesName} `, figure);
    return line;
  });
  return [head, ...lines];
}

/** The clock for hours, the day for days. */
function tick(ms: number, at: (ms: number) => string, spanMs: number): string {
  const text = at(ms);
  return spanMs > 2 * 86_400_000 ? text.replace(/^\d{4}-|,? \d\d:\d\d$| \d{4}(?=,)/g, '') : text.slice(-5);
}

function withGaps(points: [number, number | null][], gapMs: number): [number, number | null][] {
  return points.flatMap((point, index): [number, number | null][] => {
    const before = points[index - 1];
    return before && point[0] - before[0] > gapMs ? [[before[0] + 1, null], point] : [point];
  });
}
