import type { House } from '#kernel/house.ts';
import { type JobTable, startJobs } from '#kernel/jobs.ts';
import { type Patrol, type Sweep, startSweeps } from '#kernel/sweeps.ts';
import { sweeps as approvalsSweeps } from '#modules/approvals/jobs.ts';
import { sweeps as arrearsSweeps } from '#modules/arrears/jobs.ts';
import { sweeps as auditSweeps } from '#modules/audit/jobs.ts';
import { jobs as authoritiesJobs, sweeps as authoritiesSweeps } from '#modules/authorities/jobs.ts';
import { sweeps as billingSweeps } from '#modules/billing/jobs.ts';
import { sweeps as billsSweeps } from '#modules/bills/jobs.ts';
import { jobs as breachesJobs } from '#modules/breaches/jobs.ts';
import { sweeps as budgetsSweeps } from '#modules/budgets/jobs.ts';
import { sweeps as catalogueSweeps } from '#modules/catalogue/jobs.ts';
import { jobs as computeJobs, patrols as computePatrols } from '#modules/compute/jobs.ts';
import { sweeps as contactsSweeps } from '#modules/contacts/jobs.ts';
import { jobs as contractsJobs } from '#modules/contracts/jobs.ts';
import { sweeps as debtsSweeps } from '#modules/debts/jobs.ts';
import { jobs as documentsJobs, sweeps as documentsSweeps } from '#modules/documents/jobs.ts';
import { jobs as domainsJobs, sweeps as domainsSweeps } from '#modules/domains/jobs.ts';
import { sweeps as endingsSweeps } from '#modules/endings/jobs.ts';
import { patrols as enforcementPatrols, sweeps as enforcementSweeps } from '#modules/enforcement/jobs.ts';
import { jobs as entranceJobs, sweeps as entranceSweeps } from '#modules/entrance/jobs.ts';
import { sweeps as factorsSweeps } from '#modules/factors/jobs.ts';
import { sweeps as federationSweeps } from '#modules/federation/jobs.ts';
import { sweeps as fundsSweeps } from '#modules/funds/jobs.ts';
import { sweeps as gatesSweeps } from '#modules/gates/jobs.ts';
import { sweeps as giftsSweeps } from '#modules/gifts/jobs.ts';
import { sweeps as invoicingSweeps } from '#modules/invoicing/jobs.ts';
import { sweeps as keysSweeps } from '#modules/keys/jobs.ts';
import { sweeps as ledgerSweeps } from '#modules/ledger/jobs.ts';
import { sweeps as lifecycleSweeps } from '#modules/lifecycle/jobs.ts';
import { sweeps as membersSweeps } from '#modules/members/jobs.ts';
import { patrols as meteringPatrols, sweeps as meteringSweeps } from '#modules/metering/jobs.ts';
import { jobs as notifyJobs, sweeps as notifySweeps } from '#modules/notify/jobs.ts';
import { sweeps as outagesSweeps } from '#modules/outages/jobs.ts';
import { jobs as paymentsJobs, sweeps as paymentsSweeps } from '#modules/payments/jobs.ts';
import { jobs as pricesJobs } from '#modules/prices/jobs.ts';
import { jobs as privacyJobs, sweeps as privacySweeps } from '#modules/privacy/jobs.ts';
import { jobs as pushesJobs, sweeps as pushesSweeps } from '#modules/pushes/jobs.ts';
import { jobs as reconciliationJobs, sweeps as reconciliationSweeps } from '#modules/reconciliation/jobs.ts';
import { jobs as revisionsJobs, sweeps as revisionsSweeps } from '#modules/revisions/jobs.ts';
import { sweeps as termsSweeps } from '#modules/terms/jobs.ts';
import { patrols as uptimePatrols } from '#modules/uptime/jobs.ts';
import { sweeps as usageSweeps } from '#modules/usage/jobs.ts';
import { jobs as verificationJobs, sweeps as verificationSweeps } from '#modules/verification/jobs.ts';

export function allJobs(house: House): JobTable {
  return {
    ...entranceJobs(house),
    ...notifyJobs(house),
    ...authoritiesJobs(house),
    ...revisionsJobs(house),
    ...paymentsJobs(house),
    ...reconciliationJobs(house),
    ...verificationJobs(house),
    ...domainsJobs(house),
    ...documentsJobs(house),
    ...contractsJobs(house),
    ...pricesJobs(house),
    ...computeJobs(house),
    ...pushesJobs(house),
    ...privacyJobs(house),
    ...breachesJobs(house),
  };
}

/** In the order in which they run when several are due at one instant: rooms from below to above. */
export function allSweeps(house: House): Sweep[] {
  return [
    ...factorsSweeps(house),
    ...entranceSweeps(house),
    ...federationSweeps(house),
    ...keysSweeps(house),
    ...membersSweeps(house),
    ...notifySweeps(house),
    ...termsSweeps(house),
    ...revisionsSweeps(house),
    ...contactsSweeps(house),
    ...approvalsSweeps(house),
    ...authoritiesSweeps(house),
    ...ledgerSweeps(house),
    ...paymentsSweeps(house),
    ...reconciliationSweeps(house),
    ...fundsSweeps(house),
    ...debtsSweeps(house),
    ...verificationSweeps(house),
    ...domainsSweeps(house),
    ...gatesSweeps(house),
    ...catalogueSweeps(house),
    ...meteringSweeps(house),
    ...budgetsSweeps(house),
    ...giftsSweeps(house),
    ...billingSweeps(house),
    ...usageSweeps(house),
    ...invoicingSweeps(house),
    ...documentsSweeps(house),
    ...lifecycleSweeps(house),
    ...arrearsSweeps(house),
    ...billsSweeps(house),
    ...endingsSweeps(house),
    ...outagesSweeps(house),
    ...enforcementSweeps(house),
    ...pushesSweeps(house),
    ...privacySweeps(house),
    ...auditSweeps(house),
  ];
}

export function allPatrols(house: House): Patrol[] {
  return [
    ...meteringPatrols(house),
    ...computePatrols(house),
    ...uptimePatrols(house),
    ...enforcementPatrols(house),
  ];
}

export interface Worker {
  stop(): Promise<void>;
}

/** Jobs, sweeps and patrols. `stepped`: sweeps are left to somebody who moves the clock (see world.ts). */
export async function startWorker(house: House, options: { stepped: boolean }): Promise<Worker> {
  const runner = await startJobs(house.config.databaseUrl, allJobs(house), house.log);
  const loop = startSweeps(
    options.stepped ? [] : allSweeps(house),
    allPatrols(house),
    house.clock,
    house.log,
  );
  return {
    async stop() {
      await loop.stop();
      await runner.stop();
    },
  };
}
