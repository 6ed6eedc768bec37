import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import tls from 'node:tls';
import { parse, stringify } from 'yaml';
import { nodeConfig } from '#modules/compute/index.ts';
import { ok } from '#server/client.ts';
import { type LocalHypervisor, removeLocalHypervisor, startLocalHypervisor } from '#server/local/lxd.ts';
import { lxdApi } from '#server/local/lxd-api.ts';
import { nodeEntry } from '#server/local/node-entry.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { refused } from './hypervisor.ts';
import { type ImageServer, openImageServer } from './image-server.ts';
import { eventually } from './inside.ts';
import { driverFor, noHypervisor } from './local-lxd.ts';

const absent = await noHypervisor();

describe('an image from a simplestreams server, on a node that has none', () => {
  let folder: string;
  let images: ImageServer;
  let local: LocalHypervisor;
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 120_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });

  before(async () => {
    if (absent) return;
    folder = await mkdtemp(path.join(tmpdir(), 'cloudpact-remote-'));
    images = await openImageServer(folder);
    // An operator with a server of his own sets SSL_CERT_FILE for the daemon and NODE_EXTRA_CA_CERTS for us.
    const kept = process.env.SSL_CERT_FILE;
    process.env.SSL_CERT_FILE = images.certificateFile;
    tls.setDefaultCACertificates([
      ...tls.getCACertificates(),
      await readFile(images.certificateFile, 'utf8'),
    ]);
    local = await startLocalHypervisor({
      dataDir: path.join(folder, 'data'),
      name: 'remote',
      log: () => undefined,
    });
    if (kept === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = kept;
  });

  after(async () => {
    if (absent) return;
    if (local) await removeLocalHypervisor(local, path.join(folder, 'data'));
    await images?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** 蓝天云 with one more image in its catalogue, from the server. */
  async function brandsWithRemote(): Promise<string> {
    const brands = path.join(folder, 'brands');
    await cp(path.join(import.meta.dirname, '../../brands/lantian'), path.join(brands, 'lantian'), {
      recursive: true,
    });
    const file = path.join(brands, 'lantian/catalogue.yaml');
    const catalogue = parse(await readFile(file, 'utf8')) as { images: unknown[] };
    const source = { server: images.url, alias: images.alias };
    const remotes = (['lxd', 'incus'] as const).map((product) => ({ for: product, ...source }));
    catalogue.images = [{ id: 'shelf-debian', name: { zh: '远程 Debian', en: 'Remote Debian' }, remotes }];
    await writeFile(file, stringify(catalogue));
    return brands;
  }

  check('is sold, downloaded at the first order and run; the next order finds it there', async () => {
    const node = nodeConfig.parse(nodeEntry('remote', local));
    const world = await testWorld({ nodes: [node], brandsDir: await brandsWithRemote() });
    const customer = await readyCustomer(world, '50');
    await eventually('the image is for sale', async () => {
      const { images: offered } = await ok(customer.api.GET('/api/v1/catalogue'));
      return offered.some(({ id, available }) => id === 'shelf-debian' && available);
    });
    const buy = async (hostname: string) => {
      const id = await customer.order({ access: PASSWORD_ACCESS, image: 'shelf-debian', hostname });
      return await customer.until(id, ({ state }) => state === 'active', 100);
    };
    assert.deepEqual(images.fetched, []);
    const first = await buy('first');
    assert.deepEqual([first.instance?.power, first.instance?.simulated], ['running', false]);
    assert.deepEqual(images.fetched.sort(), ['/images/meta.tar.xz', '/images/rootfs.squashfs']);
    const kept = await lxdApi<string[]>(local.socketPath, '/1.0/images');
    assert.deepEqual(kept, [`/1.0/images/${images.fingerprint}`]);
    const second = await buy('second');
    assert.equal(second.instance?.power, 'running');
    assert.equal(images.fetched.length, 2);
    const machines = await lxdApi<{ status: string; config: Record<string, string> }[]>(
      local.socketPath,
      '/1.0/instances?recursion=1',
    );
    assert.deepEqual(
      machines.map(({ status, config }) => [status, config['volatile.base_image']]),
      Array.from({ length: 2 }, () => ['Running', images.fingerprint]),
    );
  });

  check('that the server lacks is refused; while nobody answers there, it may come yet', async () => {
    const driver = driverFor(local, 'remote-refusals');
    const create = (server: string, alias: string) =>
      driver.create({
        name: 'remote-0',
        deployment: 'remote-refusals',
        serviceId: 'service',
        image: { alias: 'not-here', remote: { server, alias } },
        cpus: 1,
        memoryBytes: 128 * 2 ** 20,
        diskBytes: 2 ** 30,
        processes: 100,
        bandwidthBps: 10_000_000,
        address: local.gateway.replace(/1$/, '200'),
        ports: [],
      });
    await refused(create(images.url, 'shelf/plan9'), 'rejected');
    const gone = await closedPort();
    await refused(create(`https://localhost:${gone}`, images.alias), 'unreachable');
    assert.deepEqual(await driver.observe(), []);
  });

  async function closedPort(): Promise<number> {
    const server = tls.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
});
