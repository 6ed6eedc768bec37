import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addDays } from '#kernel/time.ts';
import type { Hypervisor, InstanceSpec } from '#modules/compute/driver.ts';
import { startLocalHypervisor } from '#server/local/lxd.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { openRealNode } from '#server/story/real-node.ts';
import type { World } from '#server/world.ts';
import { eventually, inside, talk } from '../contracts/inside.ts';
import { noHypervisor } from '../contracts/local-lxd.ts';
import { BrandSite } from '../support/brand-site.ts';
import { NODE_BY_IPV6, type Outside, openOutside } from '../support/outside.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

const absent = await noHypervisor();
const dataDir = join(tmpdir(), 'cloudpact-test', 'web-ports');

interface Machine {
  id: string;
  name: string;
  /** On the node's bridge. */
  address: string;
}

interface Mapping {
  protocol: string;
  listen_port: number;
  target_port: number;
  shut: boolean;
}

/** What is mapped, each by protocol and port inside. 80 twice: by two public ports. */
const MAPPED = ['tcp 80', 'tcp 80', 'tcp 443', 'udp 443', 'tcp 8080', 'udp 8080'];
const OPEN = [...MAPPED].sort();
const SHUT = ['tcp 8080', 'udp 8080'];

// Servers inside answer on all these ports all the time: what the public hears is the rule and nothing else.
describe('[asiayun 4.5.1-icp] ports 80 and 443 of real machines in the mainland, asked from another host', () => {
  let world: World;
  let site: BrandSite;
  let staff: TwoStaff;
  let customer: StoryCustomer;
  let hypervisor: Hypervisor;
  let outside: Outside;
  /** Of the daemon that runs now: it is killed and started again on the way. */
  let stopNode: () => Promise<void>;
  let node: { public_address: string; name: string };
  let machine: Machine;
  let abroad: Machine;
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 240_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });

  before(async () => {
    if (absent) return;
    const real = await openRealNode(dataDir, () => undefined);
    stopNode = () => real.stop();
    beforeWorlds(() => stopNode());
    node = real.node;
    world = await testWorld({ seed: true, ticking: true, start: systemClock.now(), nodes: [real.node] });
    hypervisor = world.server.house.ports.hypervisors(real.node.name);
    outside = await openOutside(`cpweb${process.pid}`);
    site = new BrandSite(world, 'asiayun');
    staff = await TwoStaff.at(world, 'asiayun');
    customer = await site.customer('500');
    await customer.ownDomain(world.names, 'example.com');
    machine = await bought('cn-south');
    abroad = await bought('hk');
  });
  after(() => outside?.close());

  async function bought(region: string): Promise<Machine> {
    const id = await customer.order({ plan: 'ay-1', region, access: PASSWORD_ACCESS });
    await customer.until(id, ({ state }) => state === 'active', 200);
    for (const each of MAPPED) {
      const [protocol, port] = each.split(' ');
      const body = { protocol, target_port: Number(port) };
      const made = await site.ask('POST', `/services/${id}/mappings`, customer.api.cookie(), body);
      assert.equal(made.status, 201, String(made.bytes));
    }
    await world.drain();
    const { name } = await world.server.house.db
      .selectFrom('compute_instance')
      .select('name')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const address = (await hypervisor.observe(name))[0]?.address ?? '';
    await serve({ id, name, address });
    return { id, name, address };
  }

  /** A unit of systemd's, there after each boot. Each line that comes by TCP is answered, too. */
  async function serve(one: Machine): Promise<void> {
    const unit = `[Service]\nExecStart=/usr/bin/perl -MIO::Socket::INET /root/web.pl\n[Install]\nWantedBy=multi-user.target\n`;
    const put = async (path: string, text: string) => {
      const { code } = await hypervisor.exec(one.name, ['sh', '-c', `cat > ${path}`], { stdin: text });
      assert.equal(code, 0);
    };
    await put('/root/web.pl', SERVERS);
    await put('/etc/systemd/system/web.service', unit);
    await inside(hypervisor, one as never as InstanceSpec, 'systemctl', 'enable', '--now', 'web');
    await listening(one);
  }

  async function listening(one: Machine): Promise<void> {
    await eventually('the servers listen', async () => {
      const { stdout } = await hypervisor.exec(one.name, ['ss', '-lnH', '--tcp', '--udp']);
      return [80, 443, 8080].every((port) => (stdout.match(new RegExp(`:${port} `, 'g')) ?? []).length >= 2);
    });
  }

  async function mappings(one: Machine): Promise<Mapping[]> {
    const { json } = await site.ask('GET', `/services/${one.id}/mappings`, customer.api.cookie());
    return (json.items as Mapping[]).filter((mapping) => mapping.target_port !== 22);
  }

  /** What is answered from outside by the public address. */
  async function heard(one: Machine, address = node.public_address): Promise<string[]> {
    const asked = (await mappings(one)).map(({ protocol, listen_port: port }) => ({
      protocol,
      address,
      port,
    }));
    return (await outside.hears(asked)).flatMap((said) => said?.trim() ?? []).sort();
  }

  async function filed(validUntil: Date | null): Promise<string> {
    const body = {
      kind: 'icp-filing',
      number: '粤ICP备2026000001号',
      domain: 'example.com',
      subject: '张三',
    };
    const filing = { ...body, valid_until: validUntil?.toISOString().slice(0, 10) ?? null };
    const made = await site.ask('POST', '/filings', customer.api.cookie(), filing);
    assert.equal(made.status, 201, String(made.bytes));
    await world.drain();
    assert.deepEqual(await heard(machine), SHUT, 'entered isn’t approved');
    const decision = { approve: true, reason: '已核对' };
    const { status } = await staff.one('POST', `/staff/filings/${made.json.id}/decision`, decision);
    assert.equal(status, 204);
    await world.drain();
    return String(made.json.id);
  }

  async function withdrawn(id: string): Promise<void> {
    const { status } = await site.ask('DELETE', `/filings/${id}`, customer.api.cookie());
    assert.equal(status, 204);
  }

  /** The daemon again after it was killed, with what runs on it untouched. */
  async function daemonAgain(): Promise<void> {
    await daemonKilled();
    await daemonStarted();
  }

  async function daemonKilled(): Promise<void> {
    const local = await startLocalHypervisor({ dataDir, name: 'world', log: () => undefined });
    process.kill(local.pid, 'SIGKILL');
    await local.exited;
  }

  async function daemonStarted(): Promise<void> {
    const local = await startLocalHypervisor({ dataDir, name: 'world', log: () => undefined });
    stopNode = () => local.stop();
  }

  check(
    'before any filing they are shut, by whichever public port; others, and another region, are open',
    async () => {
      assert.deepEqual(await heard(machine), SHUT);
      assert.deepEqual(await heard(abroad), OPEN);
      const shut = (await mappings(machine))
        .filter((mapping) => mapping.shut)
        .map((mapping) => mapping.target_port);
      assert.deepEqual(shut.sort(), [443, 443, 80, 80], 'and the customer is shown that');
    },
  );

  check(
    'no way around: IPv6, the private address, the neighbour on the bridge, a restart, the daemon killed',
    async () => {
      assert.deepEqual(await heard(machine, NODE_BY_IPV6), []);
      assert.deepEqual(await heard(abroad, NODE_BY_IPV6), [], 'nor are they open by IPv6 where they may be');
      const inner = [80, 443, 8080].map((port) => ({ protocol: 'tcp', address: machine.address, port }));
      assert.deepEqual(await outside.hears(inner), [null, null, null], 'only mappings lead in');
      // A tunnel by way of the neighbour would have to reach the machine: by its own address, or by its public ports.
      const neighbourHears = async (address: string, port: number) => {
        const ask = `my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 2) or exit; print scalar <$c>`;
        const command = ['perl', '-MIO::Socket::INET', '-e', ask, address, String(port)];
        return (await hypervisor.exec(abroad.name, command)).stdout;
      };
      assert.equal(await neighbourHears(machine.address, 80), '');
      for (const { protocol, listen_port, target_port } of await mappings(machine)) {
        if (protocol === 'udp') continue;
        const wanted = target_port === 8080 ? 'tcp 8080\n' : '';
        assert.equal(await neighbourHears(node.public_address, listen_port), wanted);
      }
      await hypervisor.power(machine.name, 'restart');
      await listening(machine);
      assert.deepEqual(await heard(machine), SHUT);
      await daemonAgain();
      assert.deepEqual(await heard(machine), SHUT);
    },
  );

  check('an approval opens them; its end takes the connections that came by them', async () => {
    const id = await filed(null);
    assert.deepEqual(await heard(machine), OPEN);
    const [web] = (await mappings(machine)).filter(({ target_port: port }) => port === 80);
    const [other] = (await mappings(machine)).filter(
      ({ protocol, target_port: port }) => protocol === 'tcp' && port === 8080,
    );
    const kept = [web, other].map((mapping) => talk(node.public_address, mapping!.listen_port));
    const echoed = (line: string) => Promise.all(kept.map((each) => each.echoes(line)));
    assert.deepEqual(await echoed('first'), [true, true]);
    await withdrawn(id);
    await world.drain();
    assert.deepEqual(await heard(machine), SHUT);
    assert.deepEqual(await echoed('second'), [false, true], 'connections by them have ended too');
  });

  check(
    'a machine that is off, and a daemon that is away, when the filing goes: shut when they are back',
    async () => {
      const first = await filed(null);
      await hypervisor.power(machine.name, 'stop');
      await withdrawn(first);
      await world.drain();
      await eventually(
        'it runs again',
        async () => (await hypervisor.observe(machine.name))[0]?.power === 'running',
      );
      await listening(machine);
      assert.deepEqual(await heard(machine), SHUT);

      const second = await filed(null);
      assert.deepEqual(await heard(machine), OPEN);
      await daemonKilled();
      await withdrawn(second);
      assert.deepEqual(await heard(machine), OPEN, 'nobody can shut them while the node doesn’t answer');
      await daemonStarted();
      await eventually('they are shut', async () => (await heard(machine)).join() === SHUT.join());
    },
  );

  check('the last day of a filing shuts them, and a restriction of websites', async () => {
    const end = addDays(world.clock.now(), 10, 'Asia/Shanghai');
    await filed(end);
    assert.deepEqual(await heard(machine), OPEN);
    const { json } = await site.ask('GET', '/auth/session', customer.api.cookie());
    const path = `/staff/customers/${(json.customer as { id: string }).id}/restrictions`;
    const placed = await staff.one('POST', path, { acts: ['website'], reason: '接通知' });
    assert.equal(placed.status, 201, String(placed.bytes));
    await world.drain();
    assert.deepEqual(await heard(machine), SHUT);
    await staff.one('POST', `/staff/restrictions/${placed.json.id}/lift`, { reason: '已整改' });
    await world.drain();
    assert.deepEqual(await heard(machine), OPEN);
    await world.advanceTo(addDays(end, 2, 'Asia/Shanghai'));
    await customer.stayIn(world.clock.now());
    assert.deepEqual(await heard(machine), SHUT);
    assert.deepEqual(await heard(abroad), OPEN);
  });
});

/** By TCP "tcp PORT" at once and each line back; by UDP "udp PORT" to each datagram. */
const SERVERS = `use strict; $| = 1; $SIG{CHLD} = 'IGNORE';
for my $port (80, 443, 8080) {
  next if fork;
  if (fork) {
    my $s = IO::Socket::INET->new(Proto => 'tcp', LocalPort => $port, Listen => 9, ReuseAddr => 1) or die;
    while (1) { my $c = $s->accept or next; next if fork; print $c "tcp $port\\n"; $c->flush;
      while (defined(my $l = <$c>)) { print $c "$port heard $l"; $c->flush } exit }
  }
  my $s = IO::Socket::INET->new(Proto => 'udp', LocalPort => $port) or die;
  while (1) { $s->send("udp $port\\n") if defined $s->recv(my $m, 1500) }
}
sleep 1 while 1;
`;
