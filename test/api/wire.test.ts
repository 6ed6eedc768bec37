import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** What comes over the wire, byte by byte: smuggled requests, slow and idle clients (F54, F58, F66, F68, F69). */

let world: World;
let port: number;
before(async () => {
  world = await testWorld();
  port = Number(new URL(world.url).port);
});

/** All that is answered to these bytes until the server closes, or nothing more comes. */
function exchange(bytes: string | Buffer, quietMs = 700): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const answers = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
const lines = (...parts: string[]) => `${parts.join('\r\n')}\r\n\r\n`;
const SECOND = lines('GET /api/v1/brand HTTP/1.1', 'Host: localhost', 'X-Smuggled: 1');

test('a request that two readers could cut differently is refused whole (F58)', async () => {
  const post = 'POST /api/v1/auth/sign-in HTTP/1.1';
  const attacks: Record<string, string> = {
    'length and chunks': `${lines(post, 'Host: localhost', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${SECOND}`,
    'chunks and length': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${SECOND}`,
    'two lengths': `${lines(post, 'Host: localhost', 'Content-Length: 0', 'Content-Length: 60')}${SECOND}`,
    'a list of lengths': `${lines(post, 'Host: localhost', 'Content-Length: 0, 60')}${SECOND}`,
    'a signed length': `${lines(post, 'Host: localhost', 'Content-Length: +2')}{}${SECOND}`,
    'a hexadecimal length': `${lines(post, 'Host: localhost', 'Content-Length: 0x2')}{}${SECOND}`,
    'another encoding of transfer': `${lines(post, 'Host: localhost', 'Transfer-Encoding: xchunked')}0\r\n\r\n${SECOND}`,
    'chunked that isn’t last': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${SECOND}`,
    'two transfer encodings': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${SECOND}`,
    'a blank in front of the colon': `${lines(post, 'Host: localhost', 'Transfer-Encoding : chunked')}0\r\n\r\n${SECOND}`,
    'a folded line': `${lines(post, 'Host: localhost', 'X-A: b', ' Transfer-Encoding: chunked')}0\r\n\r\n${SECOND}`,
    'a folded encoding': `${lines(post, 'Host: localhost', 'Transfer-Encoding:', ' chunked')}0\r\n\r\n${SECOND}`,
    'bare LF': `${post}\nHost: localhost\nContent-Length: 0\n\n${SECOND}`,
    'bare LF in a line': `${post}\r\nHost: localhost\r\nX-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`,
    'bare CR in a line': `${post}\r\nHost: localhost\r\nX-A: b\rTransfer-Encoding: chunked\r\n\r\n${SECOND}`,
    'a size of a chunk that is none': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`,
    'a chunk longer than told': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked')}1\r\n{}\r\n0\r\n\r\n`,
    'a chunk with bare LF': `${lines(post, 'Host: localhost', 'Transfer-Encoding: chunked')}2\n{}\n0\n\n`,
    'two hosts': lines('GET /api/v1/brand HTTP/1.1', 'Host: localhost', 'Host: elsewhere'),
    'no host': lines('GET /api/v1/brand HTTP/1.1'),
    'a version that isn’t': lines('GET /api/v1/brand HTTP/1.9', 'Host: localhost'),
    'headers beyond measure': lines(
      'GET /api/v1/brand HTTP/1.1',
      'Host: localhost',
      `X-A: ${'a'.repeat(20_000)}`,
    ),
  };
  const wrong = await Promise.all(
    Object.entries(attacks).map(async ([what, bytes]) => {
      const statuses = answers(await exchange(bytes));
      return statuses.length === 1 && /^(400|431|505)$/.test(statuses[0]!) ? [] : [`${what}: ${statuses}`];
    }),
  );
  assert.deepEqual(wrong.flat(), []);
});

test('no path leads out of what is served (F54)', async () => {
  const paths = [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/%252e%252e/package.json',
    '/assets/../../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/..\\..\\..\\package.json',
    '/assets/..%5c..%5cpackage.json',
    '/assets/%c0%ae%c0%ae/package.json',
    '/assets/....//....//package.json',
    '/assets/x%00.js',
    '//etc/passwd',
    '/file:///etc/passwd',
    '/.git/config',
    '/.env',
    '/.built-from',
    '/api/v1/../../package.json',
    '/api/v1/..%2f..%2fpackage.json',
    '/sandbox/../package.json',
  ];
  for (const path of paths) {
    const answer = await exchange(
      lines(`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close'),
      5_000,
    );
    assert.doesNotMatch(answer, /"dependencies"|root:x:|\[core\]|^[0-9a-f]{64}$/m, path);
    assert.match(answer, /^HTTP\/1\.1 (200|400|404) /, path);
    if (answer.startsWith('HTTP/1.1 200')) assert.match(answer, /content-type: text\/html/, path);
  }
});

test('a client that sends a byte now and then is ended, and others are served meanwhile (F68)', async () => {
  const { server } = world.server.app;
  assert.ok(server.requestTimeout > 0 && server.requestTimeout <= 30_000);
  assert.ok(server.headersTimeout > 0 && server.headersTimeout <= 60_000);
  assert.ok(server.timeout > 0 && server.timeout <= 60_000);
  const slow = Array.from({ length: 300 }, () => connect(port, '127.0.0.1'));
  try {
    for (const socket of slow) {
      socket.on('error', () => undefined);
      socket.write('POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    }
    const started = performance.now();
    for (let request = 0; request < 20; request++)
      assert.equal((await call(world, 'GET', '/brand')).status, 200);
    assert.ok(performance.now() - started < 5_000);
  } finally {
    for (const socket of slow) socket.destroy();
  }
});

/** Opens idle connections in a process of its own, and tells how many are left when asked by a line. */
const IDLE = `
const { connect } = require('node:net');
let open = 0;
let failed = 0;
const more = (left) => {
  if (left === 0) return;
  const socket = connect(${'PORT'}, '127.0.0.1', () => { open++; socket.wrote = socket.write('GET /api/v1/'); more(left - 1); });
  socket.on('error', () => { failed++; more(left - 1); });
  socket.on('close', () => { open--; });
};
for (let lane = 0; lane < 50; lane++) more(COUNT / 50);
setInterval(() => process.stdout.write(open + ' ' + failed + '\\n'), 100);
`;

test('10,000 idle connections: memory stays bounded, others are served, and they are ended (F69)', async (t) => {
  const { execFileSync, spawn } = await import('node:child_process');
  const files = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  if (files < 12_000) return t.skip(`only ${files} open files are allowed here (ulimit -n)`);
  const { server } = world.server.app;
  const { timeout } = server;
  global.gc?.();
  const before = process.memoryUsage().rss;
  const script = IDLE.replace('PORT', String(port)).replace('COUNT', '10000');
  const clients = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = [0, 0];
  clients.stdout.on('data', (data: Buffer) => {
    told = data.toString().trim().split('\n').at(-1)!.split(' ').map(Number);
  });
  try {
    await until(
      () => told[0]! >= 10_000,
      60_000,
      () => `${told} open`,
    );
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
    t.diagnostic(`${told[0]} open, ${Math.round(grown)} MiB`);
    assert.ok(grown < 400, `${grown} MiB`);
    const started = performance.now();
    for (let request = 0; request < 20; request++)
      assert.equal((await call(world, 'GET', '/brand')).status, 200);
    assert.ok(performance.now() - started < 5_000);
    // Of new connections, not to wait a minute here: those that come now are idle for half a second.
    server.timeout = 500;
    const late: Socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => late.on('close', resolve));
  } finally {
    server.timeout = timeout;
    clients.kill();
  }
  await until(
    () => connections(world) < 100,
    30_000,
    () => 'not let go',
  );
});

function connections(of: World): number {
  return (of.server.app.server as unknown as { _connections: number })._connections;
}

async function until(done: () => boolean, ms: number, what: () => string): Promise<void> {
  const end = performance.now() + ms;
  while (!done()) {
    if (performance.now() > end) assert.fail(what());
    await sleep(50);
  }
}
