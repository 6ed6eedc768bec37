import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { type Gate as GateAnswer, gatesQuery } from '../api/gates.ts';
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
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Gates } from './order-gates.tsx';

interface SummaryProps {
  catalogue: Catalogue;
  values: OrderValues;
  quote: UseQueryResult<Quote>;
  trouble: FormTrouble | null;
  ordering: boolean;
  /** Null takes it off. */
  onCoupon: (code: string | null) => void;
}

/** Price, balance, the gates that are still closed, and the button that pays. */
export function OrderSummary({ catalogue, values, quote, trouble, ordering, onCoupon }: SummaryProps) {
  const { t } = useTexts();
  const session = useSession();
  const region = catalogue.regions.find((each) => each.id === values.region);
  const total = quote.error ? undefined : quote.data?.total;
  const missing =
    quote.data?.payment?.missing ?? (total ? shortfall(total, session.balance ?? '0') : undefined);
  const asked = useQuery(termsQuery).data?.parameters;
  const withheld = useWithheld();
  const gates = openGates(session, asked, region?.mainland === true, missing) + (withheld ? 1 : 0);
  return (
    <aside className="order-aside">
      <Panel title={t('order.summary')}>
        <CouponField applied={values.coupon ?? null} quote={quote} onCoupon={onCoupon} />
        {quote.error && values.coupon ? null : (
          <QueryState query={quote}>
            {(found) => <Price quote={found} balance={session.balance ?? '0'} />}
          </QueryState>
        )}
        <Gates
          session={session}
          mainland={region?.mainland === true}
          missing={missing ?? '0.00'}
          plan={values.plan}
          withheld={withheld}
        />
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
        <PageTerms catalogue={catalogue} plan={values.plan} />
        <Limits />
      </Panel>
    </aside>
  );
}

function Price({ quote, balance }: { quote: Quote; balance: string }) {
  const { t, pick } = useTexts();
  const { missing, gift } = quote.payment ?? { missing: shortfall(quote.total, balance), gift: '0.00' };
  const short = parseYuan(missing) > 0n;
  const fromCash = minus(quote.total, gift);
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
      {parseYuan(quote.tax) > 0n ? (
        <div className="faint small">
          <dt>{t('plan.tax')}</dt>
          <dd>{yuan(quote.tax)}</dd>
        </div>
      ) : null}
      {parseYuan(gift) > 0n ? (
        <div>
          <dt>{t('plan.gift')}</dt>
          <dd>{yuan(minus('0', gift))}</dd>
        </div>
      ) : null}
      <div>
        <dt>{t('order.balance')}</dt>
        <dd>{yuan(balance)}</dd>
      </div>
      <div className={short ? 'order-short' : ''}>
        <dt>{short ? t('order.missing') : t('order.after')}</dt>
        <dd>{yuan(short ? missing : minus(balance, fromCash))}</dd>
      </div>
    </dl>
  );
}

/** A code is tried when it is applied, and what it is refused for stands at it. */
function CouponField({
  applied,
  quote,
  onCoupon,
}: {
  applied: string | null;
  quote: UseQueryResult<Quote>;
  onCoupon: (code: string | null) => void;
}) {
  const { t } = useTexts();
  const [code, setCode] = useState(applied ?? '');
  const took = applied && !quote.error && quote.data && parseYuan(quote.data.discount) > 0n;
  return (
    <>
      <div className="coupon-line">
        <Input
          aria-label={t('plan.coupon')}
          placeholder={t('plan.coupon')}
          value={code}
          maxLength={40}
          autoComplete="off"
          onChange={(event) => {
            setCode(event.target.value);
            if (applied) onCoupon(null);
          }}
          onPressEnter={(event) => {
            event.preventDefault();
            onCoupon(code.trim() || null);
          }}
        />
        <ActButton
          busy={applied !== null && quote.isFetching}
          disabled={code.trim() === '' || applied === code.trim()}
          onClick={() => onCoupon(code.trim())}
        >
          {t('plan.couponApply')}
        </ActButton>
      </div>
      {took ? (
        <p className="small" role="status" style={{ color: 'var(--good)', marginBottom: 10 }}>
          {t('plan.couponTaken', { amount: yuan(quote.data!.discount) })}
        </p>
      ) : null}
      {applied && quote.error ? (
        <div style={{ marginBottom: 12 }}>
          <ProblemAlert error={quote.error} errors={[]} />
        </div>
      ) : null}
    </>
  );
}

/** What this page says over the agreement: it holds for what is ordered here. */
function PageTerms({ catalogue, plan }: { catalogue: Catalogue; plan: string }) {
  const { t, pick } = useTexts();
  const terms = catalogue.products.find(({ plans }) => plans.some(({ id }) => id === plan))?.terms;
  if (!terms) return null;
  return (
    <section className="gates" aria-label={pick(terms.title)}>
      <h3>{pick(terms.title)}</h3>
      <ul>
        {terms.clauses.map((clause) => (
          <li key={clause.id} className="small">
            <strong>{clause.id}</strong> {pick(clause.text)}
          </li>
        ))}
      </ul>
      <p className="faint small">{t('order.pageTerms')}</p>
    </section>
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
  missing: string | undefined,
): number {
  const { customer, terms } = session;
  return [
    !terms.accepted,
    mainland && asked?.real_name !== undefined && customer.real_name !== 'passed',
    asked?.minors !== undefined && customer.minor && !customer.guardian_consent,
    missing !== undefined && parseYuan(missing) > 0n,
  ].filter(Boolean).length;
}

/** Named on the page with a way to open each. */
const SHOWN_HERE: readonly string[] = ['email-needed', 'terms-not-accepted', 'guardian-consent-needed'];

/** What else shuts buying: a restriction, a contact that reaches nobody, an account frozen over arrears … */
function useWithheld(): GateAnswer['shut'] {
  const shut = useQuery(gatesQuery).data?.items.find(({ act }) => act === 'buy')?.shut ?? null;
  return shut && !SHOWN_HERE.includes(shut.code) ? shut : null;
}
