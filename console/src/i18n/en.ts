import { acts } from './en/acts.ts';
import { arrears } from './en/arrears.ts';
import { backup } from './en/backup.ts';
import { cases } from './en/cases.ts';
import { common } from './en/common.ts';
import { disclosure } from './en/disclosure.ts';
import { federation } from './en/federation.ts';
import { figures } from './en/figures.ts';
import { forecast } from './en/forecast.ts';
import { funds } from './en/funds.ts';
import { gates } from './en/gates.ts';
import { life } from './en/life.ts';
import { members } from './en/members.ts';
import { money } from './en/money.ts';
import { notices } from './en/notices.ts';
import { order } from './en/order.ts';
import { outages } from './en/outages.ts';
import { papers } from './en/papers.ts';
import { plan } from './en/plan.ts';
import { prices } from './en/prices.ts';
import { privacy } from './en/privacy.ts';
import { proof } from './en/proof.ts';
import { pushes } from './en/pushes.ts';
import { record } from './en/record.ts';
import { revisions } from './en/revisions.ts';
import { security } from './en/security.ts';
import { service } from './en/service.ts';
import { staff } from './en/staff.ts';
import { staffMoney } from './en/staff-money.ts';
import { store } from './en/store.ts';
import { team } from './en/team.ts';
import { usage } from './en/usage.ts';
import { verification } from './en/verification.ts';
import { world } from './en/world.ts';
import type { Texts } from './shape.ts';
import type { zh } from './zh.ts';

export const en: Texts<typeof zh> = {
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
