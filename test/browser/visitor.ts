import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BrowserContext, Locator, Page, Response } from 'playwright-core';
import { browser } from './chromium.ts';

interface Allowed {
  path: RegExp;
  status: number;
}

/**
 * Somebody in front of a browser. Finds things as a person or a screen reader does, by role and name, and writes
 * down every console message and failed request that a page shouldn't have.
 */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[] = [];
  #allowed: Allowed[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  static async arrive(options: {
    url: string;
    locale: 'zh-CN' | 'en-US';
    width?: number;
    height?: number;
  }): Promise<Visitor> {
    const context = await (await browser()).newContext({
      baseURL: options.url,
      locale: options.locale,
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    });
    context.setDefaultTimeout(30_000);
    const visitor = new Visitor(context, await context.newPage());
    visitor.#watch();
    return visitor;
  }

  /** An answer that a step means to get, e.g. the refusal of bad input. */
  allow(status: number, path: RegExp): void {
    this.#allowed.push({ path, status });
  }

  /** Fails when any page complained. */
  content(): void {
    assert.deepEqual(this.complaints, []);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  /** Steps that build on each other: after one that failed the rest is not tried, and a picture shows where it was. */
  chapters(t: TestContext): (name: string, body: () => Promise<void>) => Promise<void> {
    let failed: string | null = null;
    return (name, body) =>
      t.test(name, async (chapter) => {
        if (failed) return chapter.skip(`after "${failed}" failed`);
        try {
          await body();
        } catch (error) {
          failed = name;
          const path = join('test-results', `${name.replace(/[^a-z]+/gi, '-')}.png`);
          await this.page.screenshot({ path, fullPage: true });
          throw new Error(`${path} ${this.page.url()} ${JSON.stringify(this.complaints)}`, { cause: error });
        }
      });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name, exact: typeof name === 'string' });
  }

  field(label: string | RegExp): Locator {
    return this.page.getByLabel(label, { exact: typeof label === 'string' });
  }

  /** Chooses a card or radio by what is written on it. */
  async choose(group: string, option: string | RegExp): Promise<void> {
    await this.page.getByRole('radiogroup', { name: group }).getByText(option).first().click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** The message at a field, connected to it as assistive technology needs it. */
  async complaintAt(field: Locator, text: string): Promise<void> {
    // Its hint describes the field before any complaint does.
    await field.and(this.page.locator('[aria-invalid="true"][aria-describedby]')).waitFor();
    const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(/\s+/);
    const said = this.page.locator(ids.map((id) => `[id="${id}"]`).join(','));
    await said.filter({ hasText: text }).first().waitFor();
  }

  #watch(): void {
    this.context.on('console', (message) => {
      // What a failed request says is judged by its answer, below.
      if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return;
      this.complaints.push(`console: ${message.text()}`);
    });
    this.context.on('weberror', (error) => this.complaints.push(`script: ${error.error().message}`));
    this.context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A page that is left takes its open requests with it.
      if (reason !== 'net::ERR_ABORTED')
        this.complaints.push(`${reason} ${request.method()} ${request.url()}`);
    });
    this.context.on('response', (response) => this.#judge(response));
  }

  #judge(response: Response): void {
    const status = response.status();
    const { pathname } = new URL(response.url());
    if (status < 400 || this.#allowed.some((each) => each.status === status && each.path.test(pathname)))
      return;
    this.complaints.push(`${status} ${response.request().method()} ${pathname}`);
  }
}
