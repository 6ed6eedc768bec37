import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FetchRefused, type GuardedLimits, guardedFetch, type Resolve } from './fetch-guard.ts';
import { isPublicAddress } from './public-address.ts';

/** F55: what a customer names is fetched from the public internet, or not at all. */

const seen: { path: string; headers: Record<string, unknown> }[] = [];
const answers: Record<string, RequestListener> = {
  '/plain': (_, reply) => reply.end('proof'),
  '/to-here': (_, reply) => reply.writeHead(302, { location: '/plain' }).end(),
  '/to-loopback': (_, reply) => reply.writeHead(302, { location: 'http://127.0.0.2/secret' }).end(),
  '/to-decimal': (_, reply) => reply.writeHead(307, { location: 'http://2852039166/latest/meta-data' }).end(),
  '/to-file': (_, reply) => reply.writeHead(301, { location: 'file:///etc/passwd' }).end(),
  '/round': (_, reply) => reply.writeHead(302, { location: '/round' }).end(),
  '/slow': (_, reply) => {
    reply.writeHead(200).write('a');
    const drip = setInterval(() => reply.write('a'), 20);
    reply.on('close', () => clearInterval(drip));
  },
  '/silent': () => undefined,
  '/huge': (_, reply) => reply.end(Buffer.alloc(3_000_000)),
  '/endless': (_, reply) => {
    reply.writeHead(200);
    const more = () => {
      while (reply.write(Buffer.alloc(65_536)));
    };
    reply.on('drain', more);
    more();
  },
  '/bomb': (_, reply) =>
    reply.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))),
};

const server = createServer((request, reply) => {
  seen.push({ path: request.url!, headers: request.headers });
  answers[new URL(request.url!, 'http://x').pathname]?.(request, reply);
});
let port: number;
let here: string;
/** Only where it listens: 127.0.0.1 and nothing else of loopback. */
let limits: GuardedLimits;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  here = `http://127.0.0.1:${port}`;
  limits = { allow: { networks: ['127.0.0.1/32'], ports: [port] } };
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function refused(url: string, because: string, given: GuardedLimits = {}): Promise<void> {
  const error = await guardedFetch(url, {}, given).then(
    ({ status }) => assert.fail(`${url} answered ${status}`),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof FetchRefused, String(error));
  assert.equal(error.because, because, `${url}: ${error.message}`);
}

test('what is allowed is fetched, as it was sent, without anything of ours', async () => {
  const { status, body, url } = await guardedFetch(
    `${here}/to-here`,
    { headers: { Accept: 'text/plain' } },
    limits,
  );
  assert.deepEqual([status, body.toString(), url], [200, 'proof', `${here}/plain`]);
  const { headers } = seen.at(-1)!;
  assert.deepEqual(Object.keys(headers).sort(), [
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('no address of an inside, however it is written (F55)', async () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[0:0:0:0:0:ffff:0a00:0001]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[4000::1]',
  ];
  for (const host of hosts) await refused(`http://${host}/`, 'address');
});

test('public addresses are just that', () => {
  for (const address of ['1.1.1.1', '223.5.5.5', '2400:3200::1', '::ffff:8.8.8.8'])
    assert.equal(isPublicAddress(address), true, address);
  for (const address of ['', 'localhost', '1.1.1.1, 127.0.0.1', '999.1.1.1', 'fe80::1%eth0'])
    assert.equal(isPublicAddress(address), false, address);
});

test('names that lead inside are refused, wherever they are looked up', async () => {
  for (const host of ['localhost', 'LOCALHOST']) await refused(`http://${host}/`, 'address');
  const mixed: Resolve = async () => [
    { address: '1.1.1.1', family: 4 },
    { address: '::ffff:10.0.0.1', family: 6 },
  ];
  await refused('http://both.example/', 'address', { resolve: mixed });
  await refused('http://none.example/', 'unreachable', { resolve: async () => [] });
});

test('schemes, ports, names and passwords that no customer needs', async () => {
  await refused('ftp://example.com/', 'scheme');
  await refused('gopher://127.0.0.1:6379/_FLUSHALL', 'scheme');
  await refused('file:///etc/passwd', 'scheme');
  await refused('//example.com', 'url');
  await refused('http://example.com:22/', 'port');
  await refused('http://example.com:6379/', 'port');
  await refused('https://us:pw@example.com/', 'credentials');
  await assert.rejects(guardedFetch(here, { headers: { Host: 'elsewhere' } }, limits), /isn’t the caller/);
  await assert.rejects(
    guardedFetch(`${here}/plain`, { headers: { 'x-a': 'b\r\nc: d' } }, limits),
    FetchRefused,
  );
});

test('a redirect is checked like the first address', async () => {
  await refused(`${here}/to-loopback`, 'address', limits);
  await refused(`${here}/to-decimal`, 'address', limits);
  await refused(`${here}/to-file`, 'scheme', limits);
  const asked = seen.length;
  await refused(`${here}/round`, 'redirects', limits);
  assert.equal(seen.length - asked, 4);
});

test('to another origin goes nothing that says who asks; a POST follows nowhere', async () => {
  const other = createServer((request, reply) => {
    seen.push({ path: `other ${request.url}`, headers: request.headers });
    reply.end();
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const otherPort = (other.address() as AddressInfo).port;
  answers['/away'] = (_, reply) =>
    reply.writeHead(308, { location: `http://127.0.0.1:${otherPort}/there` }).end();
  try {
    const allow = { networks: ['127.0.0.1/32'], ports: [port, otherPort] };
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-signature': 's', accept: '*/*' };
    await guardedFetch(`${here}/away`, { headers }, { allow });
    const { path, headers: sent } = seen.at(-1)!;
    assert.equal(path, 'other /there');
    assert.deepEqual(
      [sent.authorization, sent.cookie, sent['x-signature'], sent.accept],
      [undefined, undefined, undefined, '*/*'],
    );
    const { status } = await guardedFetch(`${here}/away`, { method: 'POST', body: '{}' }, { allow });
    assert.deepEqual([status, seen.at(-1)!.path], [308, '/away']);
  } finally {
    other.close();
  }
});

test('a server that drips, is silent, sends too much or a compressed bomb is left', async () => {
  const short = { ...limits, timeoutMs: 300 };
  await refused(`${here}/slow`, 'timeout', short);
  await refused(`${here}/silent`, 'timeout', short);
  await refused(`${here}/huge`, 'too-large', limits);
  await refused(`${here}/endless`, 'too-large', limits);
  await refused(`${here}/bomb`, 'encoding', limits);
});

/** A DNS server that gives a public address first and loopback from then on. */
async function changingNames(): Promise<{ resolve: Resolve; asked: () => number; close: () => void }> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (query, from) => {
    const address = asked++ === 0 ? [127, 0, 0, 1] : [127, 0, 0, 9];
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const head = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address]);
    socket.send(Buffer.concat([head, question, record]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const resolve: Resolve = async (hostname) =>
    (await resolver.resolve4(hostname)).map((address) => ({ address, family: 4 }));
  return { resolve, asked: () => asked, close: () => socket.close() };
}

test('a name that changes its answer is connected to as it was checked, and refused once it leads inside (F55)', async () => {
  const names = await changingNames();
  try {
    // 127.0.0.1 stands for the public internet here, 127.0.0.9 for an inside.
    const given = { ...limits, resolve: names.resolve };
    const { body } = await guardedFetch(`http://rebind.example:${port}/plain`, {}, given);
    assert.deepEqual([body.toString(), names.asked()], ['proof', 1]);
    await refused(`http://rebind.example:${port}/plain`, 'address', given);
    assert.equal(names.asked(), 2);
  } finally {
    names.close();
  }
});
