import assert from 'node:assert/strict';
import type { World } from '#server/world.ts';
import { picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** Somebody at this site, signed in by the form. */
export async function signedIn(url: string, who: { email: string; password: string }): Promise<Visitor> {
  const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/auth\/session$/);
  await visitor.page.goto('/sign-in');
  await visitor.field('邮箱').fill(who.email);
  await visitor.field('密码').fill(who.password);
  await visitor.button('登录').click();
  await visitor.page.waitForURL(/\/services$/);
  return visitor;
}

/** The first member of the staff, signed in by the form. */
export async function staffIn(world: World, url: string): Promise<Visitor> {
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
  await visitor.page.goto('/staff/sign-in');
  await visitor.field('邮箱').fill(login.email);
  await visitor.field('密码').fill(login.password);
  await visitor.button('登录').click();
  await visitor.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  return visitor;
}

/** Beside the picture at a desk, one of a phone: nothing may be wider than it. */
export async function pictures(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  await page.screenshot({ path: picture(name), fullPage: true });
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  await page.screenshot({ path: picture(`${name}-phone`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.ok(Number(wide) <= 390, `${name} is ${wide} px wide on a phone`);
}
