import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { domainProofs } from '#drivers/domain-proof/proofs.ts';
import { startNameServer } from '#server/world-names.ts';

/** DomainProofs over the wire: a name server and a site of our own. */

const PATH = '/.well-known/cloudpact.txt';

async function world(t: TestContext, handle: RequestListener, networks = ['127.0.0.1/32']) {
  const names = await startNameServer();
  const site = createServer(handle);
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  t.after(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
    await names.close();
  });
  const allow = { networks, ports: [port] };
  return { names, proofs: domainProofs({ servers: [names.address], allow, port, timeoutMs: 300 }) };
}

const nobody: RequestListener = (_request, response) => response.writeHead(404).end();

test('a TXT record counts when it is just this text, among others or in parts', async (t) => {
  const { names, proofs } = await world(t, nobody);
  const name = '_cloudpact.example.com';
  assert.equal(await proofs.txt(name, 'cloudpact-domain=1'), 'missing', 'no such name');
  names.txt.set(name, []);
  assert.equal(await proofs.txt(name, 'cloudpact-domain=1'), 'missing', 'no such record');
  names.txt.set(name, ['v=spf1 -all', 'cloudpact-domain=10', ' cloudpact-domain=1']);
  assert.equal(await proofs.txt(name, 'cloudpact-domain=1'), 'missing', 'only others');
  names.txt.set(name, ['v=spf1 -all', 'cloudpact-domain=1']);
  assert.equal(await proofs.txt(name, 'cloudpact-domain=1'), 'there');
  names.txt.set(name, ['x'.repeat(500)]);
  assert.equal(await proofs.txt(name, 'x'.repeat(500)), 'there', 'in three strings');
  names.broken = true;
  assert.equal(await proofs.txt(name, 'cloudpact-domain=1'), 'unavailable', 'SERVFAIL says nothing');
});

test('a name server that doesn’t answer says nothing', async (t) => {
  const names = await startNameServer();
  await names.close();
  const proofs = domainProofs({
    servers: [names.address],
    allow: { networks: [], ports: [] },
    timeoutMs: 200,
  });
  t.diagnostic(names.address);
  assert.equal(await proofs.txt('_cloudpact.example.com', 'x'), 'unavailable');
  assert.equal(await proofs.file('example.com', PATH, 'x'), 'unavailable');
});

test('a file counts when the site itself answers with just this text', async (t) => {
  let answer: [number, string] = [200, 'token-1\n'];
  const { names, proofs } = await world(t, (request, response) => {
    const [status, body] = request.url === PATH ? answer : [404, ''];
    response.writeHead(status).end(body);
  });
  assert.equal(await proofs.file('example.com', PATH, 'token-1'), 'missing', 'no such name');
  names.hosts.set('example.com', ['127.0.0.1']);
  assert.equal(await proofs.file('example.com', PATH, 'token-1'), 'there');
  assert.equal(await proofs.file('example.com', PATH, 'token-2'), 'missing');
  for (const [wrong, seen] of [
    [[404, 'token-1'], 'missing'],
    [[200, '<html>token-1</html>'], 'missing'],
    [[200, `token-1${'\n'.repeat(100_000)}`], 'missing'],
    [[503, 'token-1'], 'unavailable'],
  ] as const) {
    answer = [...wrong];
    assert.equal(await proofs.file('example.com', PATH, 'token-1'), seen, String(wrong[0]));
  }
});

test('F55: a redirect isn’t followed, and an address of ours is never asked, whatever the name says', async (t) => {
  let asked = 0;
  const redirecting = await world(t, (request, response) => {
    asked += 1;
    if (request.url === PATH) response.writeHead(302, { location: '/elsewhere' }).end();
    else response.end('token-1');
  });
  redirecting.names.hosts.set('example.com', ['127.0.0.1']);
  assert.equal(await redirecting.proofs.file('example.com', PATH, 'token-1'), 'missing');
  assert.equal(asked, 1);

  const inner = await world(t, (_request, response) => response.end('token-1'), []);
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0']) {
    inner.names.hosts.set('example.com', [address]);
    assert.equal(await inner.proofs.file('example.com', PATH, 'token-1'), 'missing', address);
  }
  inner.names.hosts.set('example.com', ['127.0.0.1', '93.184.216.34']);
  assert.equal(await inner.proofs.file('example.com', PATH, 'token-1'), 'missing', 'one of two');
});
