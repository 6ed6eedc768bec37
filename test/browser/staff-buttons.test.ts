import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemClock } from '#kernel/clock.ts';
import { type Grant, mayDo, type StaffRoleArea } from '#kernel/grant.ts';
import { BUILT_IN_ROLES, builtIn, together } from '#modules/staff/rules.ts';
import { idOf } from '../support/money.ts';
import { staffMade } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { staffEnters } from './visits.ts';

/**
 * Goes through the pages of the back office as each role but the administrator's: nothing that a page asks for by itself
 * is refused, and where a role may only look, no button is there but those that look.
 */

/** By what is written on them. */
const LOOKS =
  /^(查找|查询|筛选|加载更多|CSV|XLSX|下载.*|复制.*|刷新|差异.*|.*第 ?\d+ ?页.*|上一页|下一页|查看条款.*)$/;

const PLACES: [place: string, area: StaffRoleArea][] = [
  ['customers', 'customers'],
  ['identities', 'customers'],
  ['filings', 'customers'],
  ['cases', 'cases'],
  ['notices', 'notices'],
  ['services', 'services'],
  ['pushes', 'services'],
  ['metering', 'money'],
  ['outages', 'services'],
  ['nodes', 'system'],
  ['orders', 'money'],
  ['offers', 'catalogue'],
  ['papers', 'money'],
  ['arrears', 'money'],
  ['payments', 'money'],
  ['incoming', 'money'],
  ['outgoing', 'money'],
  ['reconciliation', 'money'],
  ['books', 'money'],
  ['terms', 'terms'],
  ['privacy', 'privacy'],
  ['authorities', 'audit'],
  ['audit', 'audit'],
  ['team', 'staff'],
  ['jobs', 'system'],
];

/** What could be pressed in the page's own part, behind its tabs too, and does more than look. */
async function actsOn(page: Page, path: string): Promise<string[]> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
  const main = page.getByRole('main');
  const tabs = await main.getByRole('tab').all();
  const found: string[] = [];
  for (const tab of tabs.length > 0 ? tabs : [null]) {
    await tab?.click();
    if (tab) await page.waitForLoadState('networkidle');
    for (const button of await main.getByRole('button').all()) {
      if (!(await button.isVisible())) continue;
      const label = (await button.getAttribute('aria-label')) ?? (await button.textContent()) ?? '';
      if (!LOOKS.test(label.trim())) found.push(label.trim());
    }
  }
  return found;
}

async function walk(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = await readyCustomer(world, '50');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const details: [place: string, area: StaffRoleArea][] = [
    [`customers/${await idOf(customer)}`, 'customers'],
    [`services/${service}`, 'services'],
  ];
  const wrong: string[] = [];
  let offered = 0;
  for (const role of BUILT_IN_ROLES.filter((each) => each !== 'admin')) {
    const grant: Grant = together([builtIn(role)!]);
    const login = await staffMade(world, role, [{ role, brand: null }]);
    const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
    visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
    await visitor.page.goto('/staff/sign-in');
    await staffEnters(visitor, world, login);
    await visitor.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    for (const [place, area] of [...PLACES, ...details]) {
      if (!mayDo(grant, area, 'read')) continue;
      const acts = await actsOn(visitor.page, `/staff/${place}`);
      // A role that may act somewhere else finds its acts on the pages about one customer; the auditor nowhere.
      const none = role === 'auditor' || (!place.includes('/') && !mayDo(grant, area, 'write'));
      if (none) wrong.push(...acts.map((act) => `${role} on ${place}: ${act}`));
      else offered += acts.length;
    }
    // Tests of real nodes beside this one make and take away bridges, which the browser notices.
    const complaints = visitor.complaints.filter((each) => !each.startsWith('net::ERR_NETWORK_CHANGED'));
    wrong.push(...complaints.map((complaint) => `${role}: ${complaint}`));
    t.diagnostic(`${role}: ${offered} acts so far`);
    await visitor.leave();
  }
  assert.deepEqual(wrong, []);
  assert.ok(offered > 20, `${offered} acts are offered to those who may`);
}

test('no page of the back office asks for what its reader may not see, or offers an act to who may only look', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await walk(t);
});
