import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { usePresent } from '../../ui/now.ts';
import { useTimeFormat } from '../../ui/time.tsx';

const SOON_MS = 7 * 86_400_000;

/** How long until the next thing that the terms do to this service. */
export function TimeLeft({ service }: { service: Pick<Service, 'state' | 'period_end' | 'delete_at'> }) {
  const { t } = useTexts();
  const { span } = useTimeFormat();
  const now = usePresent();
  if (service.state === 'suspended' && service.delete_at) {
    const time = span(Date.parse(service.delete_at) - now);
    return <span style={{ color: 'var(--bad)' }}>{t('service.graceLeft', { time })}</span>;
  }
  const left = Date.parse(service.period_end) - now;
  if (left <= 0)
    return <span style={{ color: 'var(--bad)' }}>{t('service.pastExpiry', { time: span(-left) })}</span>;
  return (
    <span style={{ color: left < SOON_MS ? 'var(--warn)' : 'var(--ink-faint)' }}>
      {t('service.left', { time: span(left) })}
    </span>
  );
}
