import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemClock } from '#kernel/clock.ts';
import { mayDo, type StaffRoleArea } from '#kernel/grant.ts';
import { addDays, naturalDay } from '#kernel/time.ts';
import { BUILT_IN_ROLES, type BuiltInRole, builtIn, together } from '#modules/staff/rules.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { idOf } from '../support/money.ts';
import { staffMade } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { act, staffEnters } from './visits.ts';

/**
 * Goes through the pages of the back office as each role but the administrator's: nothing that a page asks for by itself
 * is refused, and where a role may only look, no button is there but those that look. Each role then presses a button of
 * its own, to the end, and asks the API for what it isn't offered.
 */

/** By what is written on them. */
const LOOKS =
  /^(查找|查询|筛选|加载更多|CSV|XLSX|下载.*|复制.*|刷新|差异.*|.*第 ?\d+ ?页.*|上一页|下一页|查看条款.*|查看通知.*)$/;

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

/** Acts of several areas, each pressed by one of the roles that may; to all others it isn't offered, and is refused. */
interface Act {
  by: BuiltInRole;
  area: StaffRoleArea;
  /** Where it is offered; the page of a customer by its id. */
  place: string;
  tab?: string;
  button: string;
  said: Parameters<typeof act>[2];
  done: string;
  path: string;
  body: object;
}

function actsAbout(customer: string, day: string): Act[] {
  const reason = '例行核对';
  return [
    {
      ...{ by: 'finance', area: 'money', place: `customers/${customer}`, button: '发放赠金' },
      said: {
        fields: { '名称（中文）': '补偿', '名称（英文）': 'Sorry', 金额: '5', 有效至: day, 原因: reason },
      },
      done: '已完成',
      path: `/staff/customers/${customer}/gifts`,
      body: { name: { zh: '补偿', en: 'Sorry' }, amount: '5', expires_at: `${day}T00:00:00Z`, reason },
    },
    {
      ...{ by: 'support', area: 'services', place: 'outages', tab: '迁移', button: '安排迁移' },
      said: {
        fields: {
          '目的地（中文）': '二号机房',
          '目的地（英文）': 'Second site',
          原因: reason,
          开始: `${day} 02:00`,
          结束: `${day} 05:00`,
        },
        choices: { 节点: 'simulated' },
      },
      done: '已安排，客户已收到通知',
      path: '/staff/moves',
      body: {
        ...{ node: null, services: [customer], destination: { zh: '二号', en: 'Second' }, reason },
        ...{ from: `${day}T02:00:00Z`, until: `${day}T05:00:00Z` },
      },
    },
    {
      ...{ by: 'operations', area: 'notices', place: 'notices', tab: '公告', button: '发布公告' },
      said: {
        fields: {
          '标题（中文）': '周日维护',
          '标题（英文）': 'Work on Sunday',
          '正文（中文）': '二时至三时。',
          '正文（英文）': 'From two to three.',
        },
      },
      done: '公告已发布',
      path: '/staff/announcements',
      body: { kind: 'general', title: { zh: '一', en: 'a' }, body: { zh: '一', en: 'a' }, until: null },
    },
    {
      ...{ by: 'compliance', area: 'customers', place: `customers/${customer}`, button: '要求重新认证' },
      said: { fields: { '理由（会告知客户）': reason, 几天内: '7' } },
      done: '已要求，并已通知客户',
      path: `/staff/customers/${customer}/real-name/demand`,
      body: { reason, days: 7 },
    },
  ];
}

/** Presses what is this role's to press, and asks the API for what isn't; `offered`: what its pages had, by place. */
async function tried(visitor: Visitor, world: World, role: BuiltInRole, acts: Act[], offered: Offered) {
  const grant = together([builtIn(role)!]);
  const cookies = await visitor.context.cookies(world.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const wrong: string[] = [];
  let pressed = 0;
  for (const { by, area, place, tab, button, said, done, path, body } of acts) {
    const may = mayDo(grant, area, 'write');
    const there = offered.get(place)?.includes(button);
    if (there !== undefined && there !== may)
      wrong.push(`${role}: ${button} is ${there ? '' : 'not '}offered`);
    if (!may) {
      const { status } = await call(world, 'POST', path, { cookie, body });
      if (status !== 403) wrong.push(`${role}: POST ${path} is answered by ${status}`);
    }
    if (by !== role) continue;
    await visitor.page.goto(`/staff/${place}`);
    if (tab) await visitor.page.getByRole('tab', { name: tab }).click();
    await act(visitor, button, said);
    await visitor.sees(done);
    pressed++;
  }
  return { wrong, pressed };
}

type Offered = Map<string, string[]>;

/** Somebody of the staff with this role alone, at the overview. */
async function entered(world: World, role: BuiltInRole): Promise<Visitor> {
  const login = await staffMade(world, role, [{ role, brand: null }]);
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
  await visitor.page.goto('/staff/sign-in');
  await staffEnters(visitor, world, login);
  await visitor.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  return visitor;
}

async function walk(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = await readyCustomer(world, '50');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const id = await idOf(customer);
  const details: [place: string, area: StaffRoleArea][] = [
    [`customers/${id}`, 'customers'],
    [`services/${service}`, 'services'],
  ];
  const about = actsAbout(id, naturalDay(addDays(systemClock.now(), 20, 'Asia/Shanghai'), 'Asia/Shanghai'));
  const wrong: string[] = [];
  let offered = 0;
  let pressed = 0;
  // All look around at once, before any of them does something.
  const looked = await Promise.all(
    BUILT_IN_ROLES.filter((each) => each !== 'admin').map(async (role) => {
      const visitor = await entered(world, role);
      const had: Offered = new Map();
      for (const [place, area] of [...PLACES, ...details])
        if (mayDo(together([builtIn(role)!]), area, 'read'))
          had.set(place, await actsOn(visitor.page, `/staff/${place}`));
      return { role, visitor, had };
    }),
  );
  for (const { role, visitor, had } of looked) {
    const grant = together([builtIn(role)!]);
    for (const [place, area] of [...PLACES, ...details]) {
      const acts = had.get(place) ?? [];
      // A role that may act somewhere else finds its acts on the pages about one customer; the auditor nowhere.
      const none = role === 'auditor' || (!place.includes('/') && !mayDo(grant, area, 'write'));
      if (none) wrong.push(...acts.map((act) => `${role} on ${place}: ${act}`));
      else offered += acts.length;
    }
    const outcome = await tried(visitor, world, role, about, had);
    wrong.push(...outcome.wrong);
    pressed += outcome.pressed;
    // Tests of real nodes beside this one make and take away bridges, which the browser notices.
    const complaints = visitor.complaints.filter((each) => !each.startsWith('net::ERR_NETWORK_CHANGED'));
    wrong.push(...complaints.map((complaint) => `${role}: ${complaint}`));
    t.diagnostic(`${role}: ${offered} acts so far`);
    await visitor.leave();
  }
  assert.deepEqual(wrong, []);
  assert.ok(offered > 20, `${offered} acts are offered to those who may`);
  assert.equal(pressed, about.length);
  const { db } = world.server.house;
  const told = await db.selectFrom('moves_told').select('service_id').execute();
  assert.deepEqual(told, [{ service_id: service }], 'a move is told to who has something on the node');
}

test('no page of the back office asks for what its reader may not see, or offers an act to who may only look; each role’s own acts work', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await walk(t);
});
