import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { customerQuery } from '../../api/staff.ts';
import { AuthorityAsk } from '../../forms/authority-ask.tsx';
import { DisclosureForm } from '../../forms/disclosure-record.tsx';
import { GuardianConsentForm } from '../../forms/guardian-consent-record.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { AheadView } from '../../ui/ahead.tsx';
import { yuan } from '../../ui/format.ts';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { StaffNeeds } from '../../ui/staff-may.tsx';
import { When } from '../../ui/time.tsx';
import { AuditTable } from './audit-table.tsx';
import { CustomerAcceptances } from './customer-acceptances.tsx';
import { CustomerContracts } from './customer-contracts.tsx';
import { CustomerGates } from './customer-gates.tsx';
import { CustomerIdentity } from './customer-identity.tsx';
import { CustomerResponsible } from './customer-responsible.tsx';
import { CustomerVisit } from './customer-visit.tsx';
import { CustomerCredit } from './money/customer-credit.tsx';
import { CustomerMoney } from './money/customer-money.tsx';
import { CustomerUsage } from './money/customer-usage.tsx';
import { PushesOf } from './pushes.tsx';
import { OrdersSold, ServicesSold } from './sold.tsx';

export function CustomerPage() {
  const { t } = useTexts();
  const { id } = useParams({ from: '/staff/customers/$id' });
  const customer = useQuery(customerQuery(id));
  return (
    <QueryState query={customer}>
      {(found) => (
        <Page title={found.shown}>
          <div className="stack">
            <div className="columns">
              <Panel title={t('staff.person')} aside={<CustomerVisit customerId={found.id} />}>
                <Facts
                  items={[
                    ['ID', <code key="id">{found.id}</code>],
                    [t('staff.balance'), yuan(found.balance)],
                    [
                      t('staff.realName'),
                      t(found.real_name === 'passed' ? 'staff.passed' : 'staff.notPassed'),
                    ],
                    [t('staff.age'), t(found.minor ? 'staff.minor' : 'staff.adult')],
                    [t('staff.consent'), t(found.guardian_consent ? 'staff.consentYes' : 'staff.consentNo')],
                    [t('staff.services'), found.services],
                    [t('staff.joined'), <When key="joined" at={found.created_at} />],
                  ]}
                />
              </Panel>
              {found.minor && !found.guardian_consent ? (
                <Panel title={t('staff.recordConsent')}>
                  <GuardianConsentForm customerId={found.id} />
                </Panel>
              ) : null}
            </div>
            <StaffNeeds area="services">
              <Panel title={t('staff.services')}>
                <ServicesSold customer={found.id} />
              </Panel>
            </StaffNeeds>
            <StaffNeeds area="money">
              <Panel title={t('staff.orders')}>
                <OrdersSold customer={found.id} />
              </Panel>
            </StaffNeeds>
            <CustomerIdentity customerId={found.id} />
            <StaffNeeds area="money">
              <CustomerMoney customerId={found.id} />
              <CustomerCredit customerId={found.id} />
            </StaffNeeds>
            <Panel title={t('ahead.title')}>
              <AheadView customerId={found.id} />
            </Panel>
            <StaffNeeds area="services">
              <CustomerUsage customerId={found.id} />
              <PushesOf filter={{ customer: found.id }} />
            </StaffNeeds>
            <StaffNeeds area="terms">
              <CustomerAcceptances id={id} />
              <CustomerContracts customerId={found.id} />
            </StaffNeeds>
            <CustomerGates customerId={found.id} />
            <CustomerResponsible id={found.id} />
            <StaffNeeds area="privacy">
              <DisclosureForm customerId={found.id} />
            </StaffNeeds>
            <StaffNeeds area="audit">
              <Panel title={t('authorities.title')} lead={t('authorities.lead')}>
                <AuthorityAsk customerId={found.id} />
              </Panel>
              <Panel title={t('staff.audit')}>
                <AuditTable filter={{ customer: found.id }} />
              </Panel>
            </StaffNeeds>
          </div>
        </Page>
      )}
    </QueryState>
  );
}
