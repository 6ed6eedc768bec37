import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { InstanceSpec } from '#modules/compute/driver.ts';
import { mustRun, program } from '#server/local/program.ts';
import { boot, eventually, inside, perl, serveEcho, tcpSays, udpSays } from '../contracts/inside.ts';
import { borrowSlice, noHypervisor, type Slice } from '../contracts/local-lxd.ts';

const absent = await noHypervisor();
/** Stand-ins for hosts elsewhere, in a network namespace of this test's: on the internet, and link-local. */
const internetAddress = '198.51.100.77';
const linkLocalAddress = '169.254.177.77';
const privateAddress = '172.29.177.77';
const namespace = `cptest${process.pid}`;
const heard = '/tmp/heard';

// Each thing that must not work is shown to work when it should, so that silence means the fence and nothing else.
describe('F52 from inside an instance', () => {
  let slice: Slice;
  let tenant: InstanceSpec;
  let neighbour: InstanceSpec;
  let hostServer: net.Server;
  let hostPort: number;
  let elsewhere: { stop(): Promise<void> };
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 120_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });

  function specOf(index: number): InstanceSpec {
    const port = (offset: number) => slice.portFrom + index * 10 + offset;
    const { publicAddress } = slice.local;
    return {
      name: `${slice.deployment}-${index}`,
      deployment: slice.deployment,
      serviceId: `service-${index}`,
      image: { alias: slice.image },
      cpus: 1,
      memoryBytes: 256 * 2 ** 20,
      diskBytes: 2 ** 30,
      processes: 200,
      bandwidthBps: 100_000_000,
      address: slice.addressOf(index),
      ports: [
        { protocol: 'tcp', listenAddress: publicAddress, listenPort: port(0), targetPort: 7000 },
        { protocol: 'udp', listenAddress: publicAddress, listenPort: port(0), targetPort: 7000 },
      ],
    };
  }

  /** What the tenant hears from a TCP server. */
  async function tenantHears(address: string, port: number): Promise<string> {
    const text = `my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 2) or exit;
      local $SIG{ALRM} = sub { exit }; alarm 3; print scalar <$c>`;
    return (await perl(slice.hypervisor, tenant, text, address, String(port))).stdout;
  }

  /** Sends a datagram from the tenant, from a source of its choice, to the neighbour's public port. */
  async function tenantSends(text: string, source: string): Promise<void> {
    const [, udp] = neighbour.ports;
    const send = `my $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $ARGV[0], PeerAddr => $ARGV[1], PeerPort => $ARGV[2])
      or die "$!"; for (1 .. 3) { $s->send($ARGV[3]); select undef, undef, undef, 0.1 }`;
    const { code, stderr } = await perl(
      slice.hypervisor,
      tenant,
      send,
      source,
      udp!.listenAddress,
      String(udp!.listenPort),
      text,
    );
    assert.equal(code, 0, stderr);
  }

  const neighbourHeard = () => inside(slice.hypervisor, neighbour, 'cat', heard);

  before(async () => {
    if (absent) return;
    slice = await borrowSlice();
    [tenant, neighbour] = [specOf(0), specOf(1)];
    await Promise.all([boot(slice.hypervisor, tenant), boot(slice.hypervisor, neighbour)]);
    await serveEcho(slice.hypervisor, tenant, 7000, heard);
    await serveEcho(slice.hypervisor, neighbour, 7000, heard);
    hostServer = net.createServer((socket) => socket.end('host')).listen(0, '::');
    await once(hostServer, 'listening');
    hostPort = (hostServer.address() as net.AddressInfo).port;
    elsewhere = await serveElsewhere();
  });
  after(async () => {
    await elsewhere?.stop();
    hostServer?.close();
    await slice?.release();
  });

  check('the internet is reached, under the node’s address', async () => {
    assert.equal(await tenantHears(internetAddress, 80), 'elsewhere');
  });

  check('names are resolved by the bridge’s DNS', async () => {
    // A query for the root's NS; any answer at all will do, as this machine may have no resolver behind it.
    const query = `my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => 53) or die;
      $s->send(pack('n6', 7, 0x0100, 1, 0, 0, 0) . "\\x09localhost\\x00" . pack('n2', 1, 1));
      local $SIG{ALRM} = sub { exit }; alarm 10; $s->recv(my $m, 512); print unpack('n', $m)`;
    assert.equal((await perl(slice.hypervisor, tenant, query, slice.local.gateway)).stdout, '7');
  });

  check('public ports are reached: another’s, and its own, TCP and UDP', async () => {
    for (const one of [neighbour, tenant]) {
      const [tcp] = one.ports;
      assert.equal(await tenantHears(tcp!.listenAddress, tcp!.listenPort), 'tcp');
    }
    await tenantSends('honest', tenant.address);
    await eventually('the datagram is heard', async () => (await neighbourHeard()).includes('honest'));
    const [tcp, udp] = tenant.ports;
    assert.equal(await tcpSays(tcp!.listenAddress, tcp!.listenPort), 'tcp');
    assert.equal(await udpSays(udp!.listenAddress, udp!.listenPort, 'x'), 'udp x');
  });

  check('the node’s own services are out of reach, by any of its addresses', async () => {
    const { publicAddress, gateway } = slice.local;
    for (const address of [publicAddress, gateway]) {
      assert.equal(await tcpSays(address, hostPort), 'host', 'the service is there for others');
      assert.equal(await tenantHears(address, hostPort), '');
    }
    const { stdout } = await program('ip', ['-j', 'address', 'show', 'dev', slice.local.network]);
    const [link] = JSON.parse(stdout) as { addr_info: { family: string; local: string }[] }[];
    assert.deepEqual(
      link?.addr_info.filter((one) => one.family === 'inet6'),
      [],
      'the bridge has no IPv6 to get in by',
    );
    const ping = await slice.hypervisor.exec(tenant.name, ['ping', '-c', '1', '-W', '2', gateway]);
    assert.notEqual(ping.code, 0);
  });

  check('another’s private address is out of reach, also by way of the node', async () => {
    assert.equal(await tcpSays(neighbour.address, 7000), 'tcp', 'it answers the node');
    assert.equal(await tenantHears(neighbour.address, 7000), '');
    // Past the bridge's port isolation: sent to the node, to be routed back into the bridge.
    const { gateway } = slice.local;
    await inside(
      slice.hypervisor,
      tenant,
      'ip',
      'route',
      'add',
      `${neighbour.address}/32`,
      'via',
      gateway,
      'dev',
      'eth0',
    );
    assert.equal(await tenantHears(neighbour.address, 7000), '');
    await inside(slice.hypervisor, tenant, 'ip', 'route', 'del', `${neighbour.address}/32`);
  });

  check('private networks and link-local (clouds’ metadata) beyond the node are out of reach', async () => {
    for (const address of [linkLocalAddress, privateAddress]) {
      assert.equal(await tcpSays(address, 80), 'elsewhere', 'the node reaches it');
      await inside(
        slice.hypervisor,
        tenant,
        'ip',
        'route',
        'add',
        `${address}/32`,
        'via',
        slice.local.gateway,
        'dev',
        'eth0',
      );
      assert.equal(await tenantHears(address, 80), '');
    }
  });

  check('from outside, private addresses are out of reach: only mapped ports lead in', async () => {
    const { publicAddress } = slice.local;
    const [tcp] = neighbour.ports;
    const ask = (address: string, port: number) =>
      program('ip', ['netns', 'exec', namespace, process.execPath, '-e', askProgram, address, String(port)]);
    assert.equal((await ask(publicAddress, tcp!.listenPort)).stdout, 'tcp');
    assert.equal((await ask(neighbour.address, 7000)).stdout, '');
  });

  check('a forged source address goes nowhere', async () => {
    const forged = [slice.addressOf(9), neighbour.address, slice.local.gateway, '203.0.113.9'];
    for (const source of forged) {
      await inside(slice.hypervisor, tenant, 'ip', 'address', 'add', `${source}/32`, 'dev', 'eth0');
      await tenantSends(`forged ${source}`, source);
      await inside(slice.hypervisor, tenant, 'ip', 'address', 'del', `${source}/32`, 'dev', 'eth0');
    }
    await tenantSends('after the forged', tenant.address);
    await eventually('the honest one is heard', async () =>
      (await neighbourHeard()).includes('after the forged'),
    );
    assert.doesNotMatch(await neighbourHeard(), /forged \d/);
  });

  check('a forged hardware address goes nowhere', async () => {
    const link = (...change: string[]) =>
      inside(slice.hypervisor, tenant, 'ip', 'link', 'set', 'eth0', ...change);
    const own = (await inside(slice.hypervisor, tenant, 'cat', '/sys/class/net/eth0/address')).trim();
    const change = async (address: string) => {
      await link('down');
      await link('address', address);
      await link('up');
      const { gateway } = slice.local;
      await slice.hypervisor.exec(tenant.name, [
        'ip',
        'address',
        'replace',
        `${tenant.address}/24`,
        'dev',
        'eth0',
      ]);
      await inside(
        slice.hypervisor,
        tenant,
        'ip',
        'route',
        'replace',
        'default',
        'via',
        gateway,
        'dev',
        'eth0',
      );
    };
    await change('00:16:3e:00:00:99');
    await tenantSends('masked', tenant.address);
    await change(own);
    await eventually('the unmasked one is heard', async () => {
      await tenantSends('unmasked', tenant.address);
      return (await neighbourHeard()).includes('unmasked');
    });
    assert.doesNotMatch(await neighbourHeard(), /^masked/m);
  });

  check('the kernel’s log and the node’s processes are not to be seen', async () => {
    assert.notEqual((await slice.hypervisor.exec(tenant.name, ['dmesg'])).code, 0);
    const pids = await inside(slice.hypervisor, tenant, 'sh', '-c', 'ls -d /proc/[0-9]* | wc -l');
    assert.ok(Number(pids) < 60, pids);
    assert.equal((await slice.hypervisor.exec(tenant.name, ['ls', '/dev/lxd'])).stdout, '');
  });

  async function serveElsewhere(): Promise<{ stop(): Promise<void> }> {
    const [near, far] = [`${namespace}a`, `${namespace}b`];
    const [nearAddress, farAddress] = ['198.51.100.1', internetAddress];
    await mustRun('ip', ['netns', 'add', namespace]);
    await mustRun('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace]);
    await mustRun('ip', ['address', 'add', `${nearAddress}/32`, 'dev', near]);
    await mustRun('ip', ['link', 'set', near, 'up']);
    const there = (...args: string[]) => mustRun('ip', ['-n', namespace, ...args]);
    await there('link', 'set', far, 'up');
    for (const address of [farAddress, linkLocalAddress, privateAddress]) {
      await there('address', 'add', `${address}/32`, 'dev', far);
      await mustRun('ip', ['route', 'add', `${address}/32`, 'dev', near]);
    }
    await there('route', 'add', `${nearAddress}/32`, 'dev', far);
    await there('route', 'add', 'default', 'via', nearAddress, 'dev', far, 'onlink');
    const serve = `require('net').createServer((s) => s.end('elsewhere')).listen(80, () => console.log('up'))`;
    const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', serve]);
    await once(server.stdout, 'data');
    return {
      stop: async () => {
        server.kill();
        await once(server, 'close');
        await mustRun('ip', ['netns', 'del', namespace]);
      },
    };
  }
});

const askProgram = `const s = require('net').connect(process.argv[2], process.argv[1]); s.on('data', (d) => process.stdout.write(d));
s.on('error', () => {}); setTimeout(() => s.destroy(), 1500).unref(); s.setTimeout(1500, () => s.destroy());`;
