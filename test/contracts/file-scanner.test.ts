import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { clamavScanner } from '#drivers/clamav/scanner.ts';
import { type Clamd, MALICIOUS, noClamd, realClamd, standInClamd } from '../support/clamd.ts';

/** FileScanner over the wire: the driver with a real clamd, with the one of other tests, and with broken ones. */

async function suite(t: TestContext, clamd: Clamd): Promise<void> {
  t.after(() => clamd.stop());
  const scanner = clamavScanner({ path: clamd.path });
  const pdf = (inside: string) => Buffer.from(`%PDF-1.7\n${inside}\n%%EOF\n`);
  assert.equal(await scanner.scan(pdf('nothing')), null);
  for (const bad of [Buffer.from(MALICIOUS), pdf(MALICIOUS), Buffer.from(`\0\0\0\0${MALICIOUS}`)])
    assert.match((await scanner.scan(bad)) ?? '', /^Cloudpact\.Test/);
  assert.equal(await scanner.scan(Buffer.alloc(0)), null);
  assert.equal(await scanner.scan(Buffer.alloc(4 * 1024 * 1024, 'a')), null, 'as large as uploads get');
  assert.match(await scanner.version(), /^ClamAV \d/);
  const many = await Promise.all(
    Array.from({ length: 12 }, (_, at) => scanner.scan(pdf(at % 2 ? MALICIOUS : 'nothing'))),
  );
  assert.deepEqual(
    many.map(Boolean),
    Array.from({ length: 12 }, (_, at) => at % 2 === 1),
  );
}

test('a real clamd tells what it knows (ASVS 5.4.3)', async (t) => {
  const missing = noClamd();
  if (missing) return t.skip(missing);
  await suite(t, await realClamd());
});

test('the stand-in of other tests answers as clamd does', async (t) => suite(t, await standInClamd()));

test('without a whole answer nothing passes for clean', async (t) => {
  const answers = {
    'stream: OK': /no whole answer/,
    'INSTREAM size limit exceeded. ERROR\0': /size limit/,
    'stream: OK FOUND later\0': /OK FOUND later/,
    '\0': /clamd: $/,
    x: /no whole answer/,
  };
  for (const [answer, why] of Object.entries(answers)) {
    const clamd = await standInClamd(() => answer);
    await assert.rejects(clamavScanner({ path: clamd.path }).scan(Buffer.from('a')), why, answer);
    await clamd.stop();
  }
  const endless = await standInClamd(() => 'x'.repeat(100_000));
  t.after(() => endless.stop());
  await assert.rejects(clamavScanner({ path: endless.path }).scan(Buffer.from('a')), /no whole answer/);
  const silent = await standInClamd(() => null);
  t.after(() => silent.stop());
  await assert.rejects(clamavScanner({ path: silent.path }, 50).scan(Buffer.from('a')), /in time/);
  await assert.rejects(clamavScanner({ path: '/nowhere/clamd.sock' }).scan(Buffer.from('a')), /ENOENT/);
});
