import { useQuery } from '@tanstack/react-query';
import { stepsQuery } from '../../api/queries.ts';
import type { Service, ServiceStep } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Panel } from '../../ui/kit.tsx';
import { usePresent } from '../../ui/now.ts';
import { QueryState } from '../../ui/query-state.tsx';
import { useTimeFormat } from '../../ui/time.tsx';

const STEPS = ['paid', 'reserved', 'created', 'started', 'access', 'ready'] as const;
type StepName = (typeof STEPS)[number] | 'refunded';

interface StepView {
  name: StepName;
  state: 'waiting' | 'working' | 'finished' | 'failed';
  /** How long it took, where its beginning is known. */
  tookMs: number | null;
  detail: string | null;
}

/** The machine being made, step by step, as it really happens. */
export function StepsPanel({ service }: { service: Service }) {
  const { t } = useTexts();
  const steps = useQuery({
    ...stepsQuery(service.id),
    refetchInterval: service.state === 'preparing' ? 1_500 : false,
  });
  return (
    <Panel
      title={t('steps.title')}
      lead={service.state === 'failed' ? t('service.failedText') : t('steps.lead')}
    >
      <QueryState query={steps}>
        {({ items }) => <StepList views={stepViews(items)} items={items} />}
      </QueryState>
    </Panel>
  );
}

function StepList({ views, items }: { views: StepView[]; items: ServiceStep[] }) {
  const { t } = useTexts();
  const { span } = useTimeFormat();
  usePresent(1_000);
  const ready = items.find((item) => item.step === 'ready' && item.state === 'done');
  const paid = items.find((item) => item.step === 'paid');
  return (
    <>
      <ol className="steps" aria-label={t('steps.title')} aria-live="polite">
        {views.map((view) => (
          <li key={view.name} className={`step step-${view.state}`}>
            <span className="step-mark" aria-hidden="true" />
            <span className="step-name">{t(`steps.${view.name}`)}</span>
            <span className="step-state">
              {t(`steps.${view.state}`)}
              {view.tookMs !== null && view.tookMs >= 100 ? ` · ${shortSpan(view.tookMs, span)}` : ''}
            </span>
            {view.detail && view.state === 'failed' ? (
              <span className="step-detail">{view.detail}</span>
            ) : null}
          </li>
        ))}
      </ol>
      {ready && paid ? (
        <p className="steps-total" role="status">
          {t('steps.total', { time: shortSpan(Date.parse(ready.at) - Date.parse(paid.at), span) })}
        </p>
      ) : null}
    </>
  );
}

function shortSpan(ms: number, span: (ms: number) => string): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms);
}

/** The known steps in their order, each with the newest that was said of it; a refund stands last. */
function stepViews(items: ServiceStep[]): StepView[] {
  const sorted = [...items].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const names: StepName[] = [
    ...STEPS,
    ...(sorted.some((item) => item.step === 'refunded') ? (['refunded'] as const) : []),
  ];
  const views = names.map((name): StepView => {
    const own = sorted.filter((item) => item.step === name);
    const last = own.at(-1);
    const first = own.find((item) => item.state === 'started');
    const state = last
      ? ({ started: 'working', done: 'finished', failed: 'failed' } as const)[last.state]
      : 'waiting';
    const took = first && last && first !== last ? Date.parse(last.at) - Date.parse(first.at) : null;
    return { name, state, tookMs: took, detail: last?.detail ?? null };
  });
  // Between two steps something is always being worked on.
  const next = views.findIndex((view) => view.state === 'waiting');
  if (next > 0 && views[next - 1]!.state === 'finished') views[next]!.state = 'working';
  return views;
}
