import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Gate as GateAnswer } from '../api/gates.ts';
import { termsQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from '../ui/clause.tsx';
import { parseYuan, yuan } from '../ui/format.ts';

/** The list is the same for all; what doesn't concern this order isn't on it. */
export function Gates({
  session,
  mainland,
  missing,
  plan,
  withheld,
}: {
  session: Session;
  mainland: boolean;
  missing: string;
  plan: string;
  withheld: GateAnswer['shut'];
}) {
  const { t } = useTexts();
  const asked = useQuery(termsQuery).data?.parameters;
  const { customer, terms } = session;
  const back = `/order?plan=${encodeURIComponent(plan)}`;
  return (
    <section className="gates" aria-label={t('order.gates')}>
      <h3>{t('order.gates')}</h3>
      <ul>
        <Gate done name={t('order.gateEmail')} />
        <Gate done={terms.accepted} name={t('order.gateTerms')}>
          <Link to="/accept-terms" search={{ back }}>
            {t('order.gateTermsGo')}
          </Link>
        </Gate>
        {mainland && asked?.real_name ? (
          <Gate done={customer.real_name === 'passed'} name={t('order.gateRealName')}>
            <Link to="/real-name" search={{ back }}>
              {t('order.gateRealNameGo')}
            </Link>
          </Gate>
        ) : null}
        {customer.minor && asked?.minors ? (
          <Gate done={customer.guardian_consent} name={t('order.gateMinor')}>
            <Link to="/real-name" search={{ back }}>
              {t('order.gateMinorGo')}
            </Link>
          </Gate>
        ) : null}
        {withheld ? (
          <Gate done={false} name={withheld.title}>
            <span className="small">
              {withheld.opens}{' '}
              {withheld.clause ? (
                <ClauseChip id={withheld.clause.id} version={withheld.clause.version} />
              ) : null}
            </span>
          </Gate>
        ) : null}
        <Gate done={parseYuan(missing) === 0n} name={t('order.gateBalance')}>
          <Link to="/top-up" search={{ back, amount: missing }}>
            {t('order.gateBalanceGo', { amount: yuan(missing) })}
          </Link>
        </Gate>
      </ul>
    </section>
  );
}

function Gate({ done, name, children }: { done: boolean; name: string; children?: ReactNode }) {
  const { t } = useTexts();
  return (
    <li className={done ? 'gate-done' : 'gate-open'}>
      <span className="gate-mark" aria-hidden="true">
        {done ? '✓' : ''}
      </span>
      <span>
        {name}
        <span className="sr"> {done ? t('order.done') : t('order.open')}</span>
      </span>
      {done ? null : children}
    </li>
  );
}
