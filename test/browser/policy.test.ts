import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemClock } from '#kernel/clock.ts';
import { call } from '../api/call.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, measure } from './site.ts';
import type { Visitor } from './visitor.ts';
import { signedIn, staffIn } from './visits.ts';

const ROUTES = join(import.meta.dirname, '../../console/src');
const NOBODY = '018f0000-0000-7000-8000-000000000000';

/** Every page that the console's map knows, its ids filled in. */
async function pagesOf(ids: Record<string, string>): Promise<string[]> {
  const files = ['routes.tsx', 'routes-staff.tsx'].map((name) => readFile(join(ROUTES, name), 'utf8'));
  const [own, staff] = (await Promise.all(files)).map((text) => [...text.matchAll(/path: '([^']+)'/g)]);
  const filled = (path: string) =>
    path
      .replace(/^(.*)\/\$\w+/, (_, base: string) => `${base}/${ids[base] ?? NOBODY}`)
      .replaceAll(/\$\w+/g, '1');
  return [
    ...own!.map(([, path]) => filled(path!)),
    ...staff!.map(([, path]) => filled(path!.startsWith('/staff') ? path! : `/staff${path}`)),
  ];
}

/** What a page did that its content policy forbids, and scripts that broke; not what the API answered. */
function broken(visitor: Visitor): string[] {
  return visitor.complaints.filter((said) => /^(script|console):/.test(said));
}

/** Visits pages until each has drawn and asked what it wanted. */
async function walk(visitor: Visitor, paths: string[]): Promise<void> {
  visitor.allow(401, /./);
  visitor.allow(404, /./);
  for (const path of paths) {
    await visitor.page.goto(path);
    await visitor.page.locator('h1, [role=alert], main').first().waitFor();
    await visitor.page.waitForLoadState('networkidle');
    assert.deepEqual(broken(visitor), [], path);
  }
}

test('no page of the console does what its content policy forbids', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = await readyCustomer(world, '100');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  await measure(world, 2);
  const ids = { '/services': service, '/staff/services': service };
  const pages = await pagesOf(ids);
  assert.ok(pages.length > 50, `${pages.length} pages`);
  const home = await signedIn(world.url, customer);
  const desk = await staffIn(world, world.url);
  const { page } = home;

  await t.test('customers’ pages', () =>
    walk(
      home,
      pages.filter((path) => !path.startsWith('/staff')),
    ),
  );

  await t.test('staff’s pages', () =>
    walk(
      desk,
      pages.filter((path) => path.startsWith('/staff')),
    ),
  );

  await t.test('a chart that is pointed at tells its figures', async () => {
    await page.goto(`/services/${service}`);
    const chart = page.getByRole('img', { name: /^处理器图表/ });
    await chart.locator('path').first().waitFor({ state: 'attached' });
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width - 12, box.y + box.height / 2, { steps: 3 });
    await page.locator('.line-chart-marker').first().waitFor();
    assert.match(await styleOf(page, '.line-chart-marker', 'backgroundColor'), /^rgb\(/);
    assert.deepEqual(broken(home), []);
  });

  await t.test('a terminal has its colours, true ones too', async () => {
    await page.routeWebSocket(/\/terminal\?/, (socket) =>
      setImmediate(() =>
        socket.send(Buffer.from('\u001b[38;2;200;10;20mtrue\u001b[0m \u001b[32mgreen\u001b[0m')),
      ),
    );
    await page.goto(`/services/${service}`);
    await page.getByRole('tab', { name: '终端' }).click();
    await page.locator('.xterm-rows span', { hasText: 'true' }).waitFor();
    assert.equal(await styleOf(page, '.xterm-rows span[style*=color]', 'color'), 'rgb(200, 10, 20)');
    assert.match(await styleOf(page, '.xterm-rows .xterm-fg-2', 'color'), /^rgb\(/);
    assert.match(await styleOf(page, '.xterm-rows', 'fontFamily'), /monospace/);
    assert.deepEqual(broken(home), []);
  });

  await t.test('markup in what strangers and customers write is shown as text (F63)', async () => {
    const markup = '<img src=x onerror="window.owned=true"><script>window.owned=true</script>';
    const body = { about: markup, category: 'abuse', text: `${markup} and more`, reporter: 'a@example.com' };
    const terms = (await (await fetch(`${world.url}/api/v1/terms`)).json()) as {
      parameters?: { enforcement?: { categories: { id: string }[] } };
    };
    body.category = terms.parameters?.enforcement?.categories[0]?.id ?? body.category;
    const { status, text } = await call(world, 'POST', '/reports', { body });
    assert.equal(status, 201, text);
    await desk.page.goto('/staff/cases');
    await desk.page.getByText(markup).first().waitFor();
    assert.equal(await desk.page.evaluate('window.owned ?? null'), null);
    assert.equal(await desk.page.locator('img[src=x]').count(), 0);
    assert.deepEqual(broken(desk), []);
  });

  await t.test('styles and scripts of somebody else take no effect, and are told', async () => {
    await page.goto('/account');
    const ran = await page.evaluate(`(() => {
      const style = document.createElement('style');
      style.textContent = 'body { outline: 3px solid red }';
      const marked = document.createElement('div');
      marked.setAttribute('style', 'color: red');
      document.body.append(style, marked);
      return [getComputedStyle(document.body).outlineStyle, marked.style.color];
    })()`);
    assert.deepEqual(ran, ['none', '']);
    assert.ok(broken(home).length >= 2, JSON.stringify(home.complaints));
  });

  await t.test('no string becomes markup, a script or a worker (Trusted Types)', async () => {
    await page.goto('/account');
    const outcomes = (await page.evaluate(`(() => {
      const box = document.body.appendChild(document.createElement('div'));
      const markup = '<img src=x onerror="window.owned = true"><i>x</i>';
      const sinks = {
        innerHTML: () => { box.innerHTML = markup; },
        outerHTML: () => { box.outerHTML = markup; },
        insertAdjacentHTML: () => box.insertAdjacentHTML('beforeend', markup),
        write: () => document.write(markup),
        srcdoc: () => { document.createElement('iframe').srcdoc = markup; },
        fragment: () => document.createRange().createContextualFragment(markup),
        parser: () => new DOMParser().parseFromString(markup, 'text/html'),
        script: () => { document.createElement('script').textContent = 'window.owned = true'; },
        source: () => { document.createElement('script').src = '/assets/x.js'; },
        handler: () => box.setAttribute('onclick', 'window.owned = true'),
        worker: () => new Worker('/assets/x.js'),
        evaluated: () => setTimeout('window.owned = true'),
        policy: () => trustedTypes.createPolicy('mine', { createHTML: (text) => text }),
        'default once more': () => trustedTypes.createPolicy('default', { createHTML: (text) => text }),
        'worker once more': () => trustedTypes.createPolicy('proof-worker', { createScriptURL: (text) => text }),
      };
      const refused = Object.entries(sinks).map(([name, give]) => {
        try { give(); return [name, 'taken']; } catch (error) { return [name, error.name]; }
      });
      const inside = box.innerHTML;
      box.textContent = 'x';
      box.innerHTML = '';
      return { refused, inside, after: box.innerHTML, owned: window.owned ?? null };
    })()`)) as { refused: [string, string][]; inside: string; after: string; owned: unknown };
    for (const [sink, outcome] of outcomes.refused) assert.equal(outcome, 'TypeError', sink);
    assert.deepEqual([outcomes.inside, outcomes.after, outcomes.owned], ['', '', null]);
  });

  await home.leave();
  await desk.leave();
});

function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);
}

test('each page has a nonce of its own, which no cache keeps', async () => {
  await builtConsole();
  const world = await testWorld();
  const seen = new Set<string>();
  for (const path of ['/', '/', '/services', '/staff/sign-in']) {
    const answer = await fetch(`${world.url}${path}`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy)?.[1];
    assert.ok(nonce && !seen.has(nonce), policy);
    seen.add(nonce);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.match(policy, /default-src 'none'; script-src 'self';.*base-uri 'none';.*frame-ancestors 'none'/);
    assert.match(policy, /; require-trusted-types-for 'script'; trusted-types default proof-worker(;|$)/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const html = await answer.text();
    assert.doesNotMatch(html, /__CSP_NONCE__|<style|<script>|\son\w+=/);
    assert.ok(html.includes(`nonce="${nonce}"`));
  }
  const [asset] = /\/assets\/[\w-]+\.js/.exec(await (await fetch(world.url)).text())!;
  const { headers } = await fetch(`${world.url}${asset}`);
  assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';/);
  for (const path of ['/index.html', '/.built-from', '/assets/..%2findex.html'])
    assert.equal((await fetch(`${world.url}${path}`)).status, 404, path);
});
