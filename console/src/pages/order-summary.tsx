import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { termsQuery } from '../api/queries.ts';
import type { Catalogue, Quote, Session, Terms } from '../api/types.ts';
import type { OrderValues } from '../forms/order-place.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import type { FormTrouble } from '../ui/form-problem.ts';
import { minus, parseYuan, shortfall, yuan } from '../ui/format.ts';
import { Panel, useSession } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';

interface SummaryProps {
  catalogue: Catalogue;
  values: OrderValues;
  quote: UseQueryResult<Quote>;
  trouble: FormTrouble | null;
  ordering: boolean;
}

/** Price, balance, the gates that are still closed, and the button that pays. */
export function OrderSummary({ catalogue, values, quote, trouble, ordering }: SummaryProps) {
  const { t } = useTexts();
  const session = useSession();
  const region = catalogue.regions.find((each) => each.id === values.region);
  const total = quote.data?.total;
  const asked = useQuery(termsQuery).data?.parameters;
  const gates = openGates(session, asked, region?.mainland === true, total);
  return (
    <aside className="order-aside">
      <Panel title={t('order.summary')}>
        <QueryState query={quote}>{(found) => <Price quote={found} balance={session.balance} />}</QueryState>
        <Gates session={session} mainland={region?.mainland === true} total={total} plan={values.plan} />
        <FormAlert trouble={trouble} />
        <ActButton
          type="primary"
          htmlType="submit"
          block
          disabled={gates > 0 || !total}
          busy={ordering}
          aria-describedby="order-blocked"
        >
          {t('order.submit', { amount: total ? yuan(total) : '' })}
        </ActButton>
        <p className="faint small" id="order-blocked">
          {gates > 0 ? t('order.submitBlocked') : t('order.fromBalance')}
        </p>
        <Limits />
      </Panel>
    </aside>
  );
}

function Price({ quote, balance }: { quote: Quote; balance: string }) {
  const { t, pick } = useTexts();
  const missing = shortfall(quote.total, balance);
  const short = parseYuan(missing) > 0n;
  return (
    <dl className="order-price" aria-live="polite">
      {quote.lines.map((line) => (
        <div key={line.text.zh}>
          <dt>{pick(line.text)}</dt>
          <dd>{yuan(line.amount)}</dd>
        </div>
      ))}
      <div className="order-total">
        <dt>{t('order.total')}</dt>
        <dd>{yuan(quote.total)}</dd>
      </div>
      <div>
        <dt>{t('order.balance')}</dt>
        <dd>{yuan(balance)}</dd>
      </div>
      <div className={short ? 'order-short' : ''}>
        <dt>{short ? t('order.missing') : t('order.after')}</dt>
        <dd>{yuan(short ? missing : minus(balance, quote.total))}</dd>
      </div>
    </dl>
  );
}

/** The highlighted limits once more, at the moment of paying. */
function Limits() {
  const { t, pick } = useTexts();
  const terms = useQuery(termsQuery).data;
  if (!terms) return null;
  return (
    <ul className="order-limits" aria-label={t('order.limits')}>
      {terms.highlights.map((limit) => (
        <li key={limit.id}>
          {pick(limit.title)} <ClauseChip id={limit.clause} />
        </li>
      ))}
    </ul>
  );
}

function openGates(
  session: Session,
  asked: Terms['parameters'] | undefined,
  mainland: boolean,
  total: string | undefined,
): number {
  const { customer, terms, balance } = session;
  return [
    !terms.accepted,
    mainland && asked?.real_name !== undefined && customer.real_name !== 'passed',
    asked?.minors !== undefined && customer.minor && !customer.guardian_consent,
    total !== undefined && parseYuan(total) > parseYuan(balance),
  ].filter(Boolean).length;
}

/** The list is the same for all; what doesn't concern this order isn't on it. */
function Gates({
  session,
  mainland,
  total,
  plan,
}: {
  session: Session;
  mainland: boolean;
  total: string | undefined;
  plan: string;
}) {
  const { t } = useTexts();
  const asked = useQuery(termsQuery).data?.parameters;
  const { customer, terms } = session;
  const back = `/order?plan=${encodeURIComponent(plan)}`;
  const missing = total === undefined ? '0.00' : shortfall(total, session.balance);
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
            <span className="small">{t('order.gateMinorGo')}</span>
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
