import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function program(): string {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/** Why no browser can run here, or null. For `t.skip`. */
export function noChromium(): string | null {
  return existsSync(program())
    ? null
    : `no browser at ${program()} (apt-get install chromium, or set CHROMIUM)`;
}

let running: Promise<Browser> | null = null;

/** One browser for a test file; each visitor has a profile of its own. */
export function browser(): Promise<Browser> {
  running ??= chromium.launch({ executablePath: program(), headless: true, args: FLAGS }).then((launched) => {
    after(() => launched.close());
    return launched;
  });
  return running;
}
