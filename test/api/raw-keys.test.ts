import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import type { ExecOptions, InstanceSpec } from '#modules/compute/driver.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** Customers never send raw hypervisor configuration: whatever they try, the driver's spec is ours alone (F51). */

let world: World;
let customer: StoryCustomer;
/** All that reached the driver. */
const specs: InstanceSpec[] = [];
const execs: { command: string[]; options: ExecOptions | undefined }[] = [];

before(async () => {
  world = await testWorld({
    hypervisors: (_node, deployment) => {
      const inner = simulatedHypervisor({ deployment });
      const seen = (spec: InstanceSpec) => {
        specs.push(structuredClone(spec));
        return spec;
      };
      return {
        ...inner,
        create: (spec) => inner.create(seen(spec)),
        configure: (spec) => inner.configure(seen(spec)),
        exec: (name, command, options) => {
          execs.push({ command, options });
          return inner.exec(name, command, options);
        },
      };
    },
  });
  customer = await readyCustomer(world, '100');
});

const GOOD = {
  plan: 'nat-s',
  region: 'hk',
  image: 'debian-12',
  hostname: 'web1',
  months: 1,
  access: PASSWORD_ACCESS,
};

const RAW = {
  config: { 'security.privileged': 'true', 'security.nesting': 'true', 'raw.lxc': 'lxc.mount.auto=proc:rw' },
  devices: { host: { type: 'disk', source: '/', path: '/host' }, kvm: { type: 'unix-char' } },
  profiles: ['privileged'],
  name: 'cp-of-somebody-else',
  node: 'simulated',
  slot: 0,
  address: '10.88.0.1',
  cpus: 64,
  memory_bytes: 2 ** 40,
  ports: [{ protocol: 'tcp', listen_port: 22, target_port: 22 }],
  sealedAccess: 'x',
};

function order(body: object) {
  return call(world, 'POST', '/orders', { cookie: customer.api.cookie(), body });
}

test('raw keys in an order are refused; what reaches the driver and the commands inside is ours alone', async () => {
  const access = { ...PASSWORD_ACCESS, environment: { LD_PRELOAD: '/evil.so' }, command: 'id' };
  const raw = Object.entries({ ...RAW, access, configuration: RAW });
  for (const [key, value] of raw) {
    const refused = await order({ ...GOOD, [key]: value });
    assert.deepEqual([refused.status, refused.json.code], [400, 'invalid-input'], key);
  }
  await world.drain();
  assert.equal(specs.length, 0);
  const placed = await order({ ...GOOD, hostname: 'web1\n' });
  assert.equal(placed.status, 201, placed.text);
  const id = String(placed.json.service_id);
  const service = await customer.until(id, ({ state }) => state === 'active');

  const [spec] = specs;
  assert.deepEqual(spec, {
    name: spec!.name,
    deployment: world.server.house.ports.deployment,
    serviceId: id,
    image: { alias: 'debian-12' },
    cpus: 1,
    memoryBytes: 512 * 2 ** 20,
    diskBytes: 5 * 2 ** 30,
    processes: 500,
    bandwidthBps: 20_000_000,
    address: '10.88.0.10',
    ports: [{ protocol: 'tcp', listenAddress: '127.0.0.1', listenPort: 20_000, targetPort: 22 }],
  });
  assert.match(spec!.name, /^cp-[0-9a-f]{8}-[0-9a-f]{16}$/);
  assert.equal(service.instance?.hostname, 'web1');

  const setting = execs.find(({ options }) => options?.environment?.CP_ACCESS);
  const { CP_HOSTNAME, CP_ALONE, ...others } = setting!.options!.environment!;
  assert.deepEqual(
    [Object.keys(others).sort(), CP_HOSTNAME, CP_ALONE],
    [['CP_ACCESS', 'PATH'], 'web1', 'no'],
  );
  assert.equal(setting!.options!.stdin, `root:${PASSWORD_ACCESS.password}\n`);
  for (const { command } of execs) assert.ok(!JSON.stringify(command).includes('web1'));
});

test('raw keys in a mapping are refused; ports outside the machine’s own range are refused', async () => {
  const [spec] = specs;
  const path = `/services/${spec!.serviceId}/mappings`;
  const cookie = customer.api.cookie();
  const evil = { listen_address: '0.0.0.0', connect: '169.254.169.254', bind: 'host', ...RAW };
  for (const [key, value] of Object.entries(evil)) {
    const body = { protocol: 'tcp', target_port: 80, [key]: value };
    const refused = await call(world, 'POST', path, { cookie, body });
    assert.deepEqual([refused.status, refused.json.code], [400, 'invalid-input'], key);
  }
  const made = await call(world, 'POST', path, { cookie, body: { protocol: 'tcp', target_port: 80 } });
  assert.equal(made.status, 201, made.text);
  await world.drain();
  const expected = { protocol: 'tcp', listenAddress: '127.0.0.1', listenPort: 20_001, targetPort: 80 };
  assert.deepEqual(specs.at(-1), { ...spec, ports: [...spec!.ports, expected] });

  const reached = specs.length;
  for (const listen_port of [1, 22, 80, 8_080, 9_999, 10_000, 19_999, 20_010, 65_535]) {
    const refused = await call(world, 'POST', path, {
      cookie,
      body: { protocol: 'tcp', listen_port, target_port: 80 },
    });
    assert.deepEqual([refused.status, refused.json.code], [422, 'port-outside-range'], String(listen_port));
  }
  await world.drain();
  assert.equal(specs.length, reached);
});

test('names that would mean more than themselves are refused, and no machine is begun', async () => {
  const reached = specs.length;
  const balance = await customer.balance();
  const wrong: [field: string, values: string[], code: string][] = [
    [
      'image',
      [
        '../debian-12',
        '..',
        'debian-12/../../x',
        'local:debian-12',
        'https://evil.example/x',
        'Debian-12',
        'debian-12 ',
        '',
      ],
      'image-unknown',
    ],
    ['plan', ['../nat-s', 'NAT-S', 'nat-s ', '__proto__', 'constructor'], 'plan-unknown'],
    ['region', ['hk/..', 'HK', '*', '__proto__'], 'region-unknown'],
    [
      'hostname',
      [
        'web1\nroot',
        '../web1',
        'a.b',
        '-web',
        'web-',
        'Web1',
        '1web',
        'x'.repeat(64),
        'localhost',
        '$(id)',
        "web';id",
        'wéb',
        '',
      ],
      'bad-hostname',
    ],
  ];
  for (const [field, values, code] of wrong) {
    for (const value of values) {
      const { status, json } = await order({ ...GOOD, [field]: value });
      assert.deepEqual([status, json.code], [422, code], `${field} ${JSON.stringify(value)}`);
    }
  }
  await world.drain();
  assert.deepEqual([specs.length, await customer.balance()], [reached, balance]);
});

test('a password or key that could smuggle a second line in is refused', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVKgIGiAUWwHfIbzW3NLyTPsbNGZdmcnIZOc6IpwJCm';
  const accesses: [object, string][] = [
    [{ type: 'password', password: 'Plum-rain-9\nother:Plum-rain-9' }, 'password-characters'],
    [{ type: 'password', password: 'Plum-rain-9-梅雨' }, 'password-characters'],
    [{ type: 'password', password: 'web1web1web1' }, 'weak-password'],
    [{ type: 'ssh_key', public_key: `command="id" ${key}` }, 'bad-ssh-key'],
    [{ type: 'ssh_key', public_key: `${key}\n${key}` }, 'bad-ssh-key'],
    [{ type: 'ssh_key', public_key: `${key} me\rcommand="id"` }, 'bad-ssh-key'],
  ];
  for (const [access, code] of accesses) {
    const { status, json } = await order({ ...GOOD, access });
    assert.equal(json.code, code, JSON.stringify(access));
    assert.ok(status === 422 || status === 400);
  }
});
