import { acts } from './zh/acts.ts';
import { arrears } from './zh/arrears.ts';
import { backup } from './zh/backup.ts';
import { cases } from './zh/cases.ts';
import { common } from './zh/common.ts';
import { disclosure } from './zh/disclosure.ts';
import { federation } from './zh/federation.ts';
import { figures } from './zh/figures.ts';
import { forecast } from './zh/forecast.ts';
import { funds } from './zh/funds.ts';
import { gates } from './zh/gates.ts';
import { life } from './zh/life.ts';
import { members } from './zh/members.ts';
import { money } from './zh/money.ts';
import { notices } from './zh/notices.ts';
import { order } from './zh/order.ts';
import { outages } from './zh/outages.ts';
import { papers } from './zh/papers.ts';
import { plan } from './zh/plan.ts';
import { prices } from './zh/prices.ts';
import { privacy } from './zh/privacy.ts';
import { proof } from './zh/proof.ts';
import { pushes } from './zh/pushes.ts';
import { record } from './zh/record.ts';
import { revisions } from './zh/revisions.ts';
import { security } from './zh/security.ts';
import { service } from './zh/service.ts';
import { staff } from './zh/staff.ts';
import { staffMoney } from './zh/staff-money.ts';
import { store } from './zh/store.ts';
import { team } from './zh/team.ts';
import { usage } from './zh/usage.ts';
import { verification } from './zh/verification.ts';
import { world } from './zh/world.ts';

export const zh = {
  ...common,
  ...store,
  ...record,
  ...revisions,
  ...notices,
  ...order,
  ...federation,
  ...privacy,
  ...security,
  ...service,
  ...life,
  ...members,
  ...money,
  ...figures,
  ...forecast,
  ...funds,
  ...gates,
  ...arrears,
  ...cases,
  ...outages,
  ...papers,
  ...plan,
  ...usage,
  ...verification,
  ...prices,
  ...pushes,
  ...proof,
  ...staff,
  ...staffMoney,
  ...team,
  ...acts,
  ...world,
  ...backup,
  ...disclosure,
};
