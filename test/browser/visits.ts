import assert from 'node:assert/strict';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';
import { staffMember } from '../support/staff.ts';
import { picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** Somebody at this site, signed in by the form. */
export async function signedIn(url: string, who: { email: string; password: string }): Promise<Visitor> {
  const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/auth\/session$/);
  await visitor.page.goto('/sign-in');
  await visitor.field('邮箱或手机号').fill(who.email);
  await visitor.field('密码').fill(who.password);
  await visitor.button('登录').click();
  await visitor.page.waitForURL(/\/services$/);
  return visitor;
}

/** The first member of the staff, signed in by the form. */
export async function staffIn(world: World, url: string): Promise<Visitor> {
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  return signedInAsStaff(world, url, login.email, login.password);
}

async function signedInAsStaff(world: World, url: string, email: string, password: string): Promise<Visitor> {
  const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
  await visitor.page.goto('/staff/sign-in');
  await staffEnters(visitor, world, { email, password });
  await visitor.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  return visitor;
}

/** On the page of the staff's sign-in: the password, then the code that their authenticator shows. */
export async function staffEnters(
  visitor: Visitor,
  world: World,
  { email, password }: { email: string; password: string },
): Promise<void> {
  // Before the page asks what the session still needs: from then on it is a second factor that is asked for.
  const code = await staffCode(world, email);
  await visitor.field('邮箱').fill(email);
  await visitor.field('密码').fill(password);
  await visitor.button('登录').click();
  await visitor.field('验证码').fill(code);
  await visitor.button('继续').click();
}

/** Beside the picture at a desk, one of a phone: nothing may be wider than it. */
export async function pictures(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  await page.screenshot({ path: picture(name), fullPage: true });
  await page.setViewportSize({ width: 390, height: 800 });
  // A list that just closed stands where the desk's width put it until it has faded.
  const width = async () => Number(await page.evaluate('document.documentElement.scrollWidth'));
  for (let tries = 0; tries < 50 && (await width()) > 390; tries++) await page.waitForTimeout(100);
  const wide = await width();
  await page.screenshot({ path: picture(`${name}-phone`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.ok(wide <= 390, `${name} is ${wide} px wide on a phone`);
}

/** A colleague of theirs, who may decide what the first one asks for. */
export async function colleagueIn(world: World, url: string, name: string): Promise<Visitor> {
  await staffMember(world, name, url);
  return signedInAsStaff(world, url, `${name}@staff.example.com`, `pw-${name}-Plum-rain-9`);
}

interface Said {
  /** What the fields are given, by label. */
  fields?: Record<string, string>;
  /** What is chosen of a list, by label. */
  choices?: Record<string, string>;
  file?: { label: string; name: string; mimeType: string; buffer: Buffer };
  /** On the button that does it, where it isn't what opened it. */
  confirm?: string;
}

/** Presses a button that asks once more, says what it wants to know, and waits until it is done. */
export async function act(visitor: Visitor, button: string | RegExp, said: Said = {}): Promise<void> {
  const { page } = visitor;
  const opener = visitor.button(button).first();
  const label = said.confirm ?? ((await opener.textContent()) ?? '').trim();
  await opener.click();
  const dialog = page.getByRole('dialog');
  for (const [field, text] of Object.entries(said.fields ?? {})) await dialog.getByLabel(field).fill(text);
  for (const [field, option] of Object.entries(said.choices ?? {})) {
    await dialog.getByLabel(field).click();
    await page.locator('.ant-select-item-option', { hasText: option }).first().click();
  }
  if (said.file) {
    const { label: field, ...file } = said.file;
    await dialog.getByLabel(field).setInputFiles(file);
  }
  await dialog.getByRole('button', { name: label, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}
