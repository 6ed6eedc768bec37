import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { usePresent } from '../../ui/now.ts';
import { When } from '../../ui/time.tsx';
import { RenewButton } from './renew-dialog.tsx';
import { TimeLeft } from './time-left.tsx';

/** The paid period as a line with its end, where we are on it, and what the terms do at the end. */
export function Lifeline({ service }: { service: Service }) {
  const { t } = useTexts();
  if (['preparing', 'failed', 'ended'].includes(service.state)) return null;
  if (service.state === 'deleted') {
    return (
      <section className="lifeline" aria-label={t('service.lifeline')}>
        <p>{service.deleted_at ? <DeletedAt at={service.deleted_at} /> : t('state.deleted')}</p>
      </section>
    );
  }
  if (service.state === 'suspended') return <Suspended service={service} />;
  return <Term service={service} />;
}

function DeletedAt({ at }: { at: string }) {
  const { t } = useTexts();
  const [before, after] = t('service.deletedAt', { at: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <When at={at} parts="second" />
      {after}
    </>
  );
}

const DAY_MS = 86_400_000;

function Term({ service }: { service: Service }) {
  const { t, pick } = useTexts();
  const now = usePresent();
  const start = Date.parse(service.period_start);
  const end = Date.parse(service.period_end);
  const whole = end + (service.grace_days ?? 0) * DAY_MS - start;
  const share = (ms: number) => `${Math.min(100, Math.max(0, ((ms - start) / whole) * 100))}%`;
  return (
    <section className="lifeline" aria-label={t('service.lifeline')}>
      <div className="lifeline-bar" aria-hidden="true">
        <span className="lifeline-paid" style={{ width: share(end) }}>
          <span
            style={{ width: `${Math.min(100, Math.max(0.5, ((now - start) / (end - start)) * 100))}%` }}
          />
        </span>
        <span className="lifeline-grace" />
      </div>
      <div className="lifeline-ends">
        <span>
          <span className="faint">{t('service.lifelineStart')}</span>{' '}
          <When at={service.period_start} parts="date" />
        </span>
        <span>
          <span className="faint">{t('service.expires')}</span> <When at={service.period_end} />{' '}
          <TimeLeft service={service} />
        </span>
      </div>
      <p className="lifeline-then">
        <span className="faint">{t('service.afterExpiry')}</span>{' '}
        {service.grace_days === null
          ? t('service.suspendThen')
          : t('service.graceThen', { days: service.grace_days })}{' '}
        <span className="faint">{pick(service.clause.title)}</span>{' '}
        <ClauseChip id={service.clause.id} version={service.clause.version} />
      </p>
    </section>
  );
}

/** Suspended: what it means, how long there is, and the way back. */
function Suspended({ service }: { service: Service }) {
  const { t } = useTexts();
  return (
    <section className="lifeline lifeline-suspended" role="alert" aria-label={t('service.suspendedTitle')}>
      <div>
        <h2>
          {t('service.suspendedTitle')} <ClauseChip id={service.clause.id} version={service.clause.version} />
        </h2>
        <p>
          {t('service.graceOpen')}{' '}
          <strong>
            <TimeLeft service={service} />
          </strong>
          {service.delete_at ? (
            <>
              {' '}
              (<When at={service.delete_at} parts="second" />)
            </>
          ) : null}
        </p>
      </div>
      {service.actions.renew ? <RenewButton service={service} strong /> : null}
    </section>
  );
}
