import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { lxdHypervisor } from '#drivers/lxd/hypervisor.ts';
import { lxdApi } from '#server/local/lxd-api.ts';
import { mustRun } from '#server/local/program.ts';
import { refused, screenOf } from './hypervisor.ts';
import { boot } from './inside.ts';
import { borrowSlice, noHypervisor } from './local-lxd.ts';

const absent = await noHypervisor();

interface Identity {
  cert: string;
  key: string;
}

async function makeIdentity(t: TestContext, name: string): Promise<Identity> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudpact-identity-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const what = [
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-days',
    '2',
  ];
  await mustRun('openssl', [...what, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a node that is reached over HTTPS', () => {
  it('takes our client certificate, and only a server with the pinned one is spoken to', {
    timeout: 120_000,
  }, async (t) => {
    if (absent) return t.skip(absent);
    const slice = await borrowSlice();
    t.after(slice.release);
    const { socketPath, pool, network, limitEgress } = slice.local;
    const port = await freePort();
    const listen = (address: string) =>
      lxdApi(socketPath, '/1.0', { method: 'PATCH', body: { config: { 'core.https_address': address } } });
    await listen(`127.0.0.1:${port}`);
    t.after(() => listen(''));
    const { environment } = await lxdApi<{ environment: { certificate: string } }>(socketPath, '/1.0');
    const [ours, theirs] = [await makeIdentity(t, 'cloudpact'), await makeIdentity(t, 'stranger')];
    const certificate = ours.cert.replace(/-----[^-]+-----|\s/g, '');
    await lxdApi(socketPath, '/1.0/certificates', {
      method: 'POST',
      body: { type: 'client', name: slice.deployment, certificate },
    });
    t.after(async () => {
      const all = await lxdApi<{ name: string; fingerprint: string }[]>(
        socketPath,
        '/1.0/certificates?recursion=1',
      );
      const mine = all.find((one) => one.name === slice.deployment);
      if (mine) await lxdApi(socketPath, `/1.0/certificates/${mine.fingerprint}`, { method: 'DELETE' });
    });
    const remote = (client: Identity, serverCert: string) =>
      lxdHypervisor({
        deployment: slice.deployment,
        endpoint: `https://127.0.0.1:${port}`,
        clientCert: client.cert,
        clientKey: client.key,
        serverCert,
        pool,
        network,
        limitEgress,
      });

    const hypervisor = remote(ours, environment.certificate);
    assert.match((await hypervisor.probe()).product, /^(lxd|incus) /);
    const spec = {
      name: `${slice.deployment}-0`,
      deployment: slice.deployment,
      serviceId: 'service',
      image: { alias: slice.image },
      cpus: 0.5,
      memoryBytes: 128 * 2 ** 20,
      diskBytes: 2 ** 30,
      processes: 100,
      bandwidthBps: 10_000_000,
      address: slice.addressOf(0),
      ports: [],
    };
    await boot(hypervisor, spec);
    const answer = await hypervisor.exec(spec.name, ['cat'], { stdin: 'over TLS' });
    assert.deepEqual(answer, { code: 0, stdout: 'over TLS', stderr: '' });
    const terminal = await hypervisor.terminal(spec.name, { columns: 80, rows: 24 });
    const screen = screenOf(terminal);
    await screen.shows('# ');
    terminal.write(new TextEncoder().encode('exit\n'));
    assert.equal(await screen.closed, 0);

    await refused(remote(theirs, environment.certificate).observe(), 'rejected');
    await refused(remote(ours, theirs.cert).observe(), 'unreachable');
  });
});
