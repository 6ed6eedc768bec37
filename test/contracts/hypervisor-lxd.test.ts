import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Hypervisor, InstanceSpec } from '#modules/compute/driver.ts';
import { hypervisorContract, makeSpec, portOf, refused, type Subject } from './hypervisor.ts';
import { boot, booted, eventually, inside, perl, serveEcho, talk, tcpSays, udpSays } from './inside.ts';
import { borrowSlice, driverFor, noHypervisor, type Slice } from './local-lxd.ts';

const absent = await noHypervisor();

function subjectOf(slice: Slice): Subject {
  const strangersDeployment = `${slice.deployment}-stranger`;
  return {
    hypervisor: slice.hypervisor,
    stranger: driverFor(slice.local, strangersDeployment),
    strangersDeployment,
    deployment: slice.deployment,
    image: slice.image,
    addressOf: slice.addressOf,
    listenAddress: slice.local.publicAddress,
    portFrom: slice.portFrom,
    release: slice.release,
  };
}

hypervisorContract('LXD', absent, async () => subjectOf(await borrowSlice()));

describe('an instance of LXD', () => {
  let subject: Subject;
  let hypervisor: Hypervisor;
  let spec: InstanceSpec;
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 120_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });

  before(async () => {
    if (absent) return;
    subject = subjectOf(await borrowSlice());
    hypervisor = subject.hypervisor;
    spec = makeSpec(subject, 0, { diskBytes: 600 * 2 ** 20, ports: [] });
    await boot(hypervisor, spec);
  });
  after(() => subject?.release());

  check('is unprivileged, with user ids that no other instance has', async () => {
    const other = makeSpec(subject, 1);
    await boot(hypervisor, other);
    const maps = await Promise.all(
      [spec, other].map((one) => inside(hypervisor, one, 'cat', '/proc/self/uid_map')),
    );
    const first = maps.map((map) => Number(map.trim().split(/\s+/)[1]));
    assert.ok(first.every((id) => id >= 65_536));
    assert.notEqual(first[0], first[1]);
    await hypervisor.destroy(other.name);
  });

  check('takes input, gives output, errors and the exit code, and ends at the timeout', async () => {
    const command = ['sh', '-c', 'cat; printf "%s" "$COLOUR" >&2; exit 3'];
    const stdin = `${'云'.repeat(50_000)}\n`;
    const result = await hypervisor.exec(spec.name, command, { stdin, environment: { COLOUR: 'blue' } });
    assert.deepEqual(result, { code: 3, stdout: stdin, stderr: 'blue' });
    await refused(hypervisor.exec(spec.name, ['sleep', '600'], { timeoutMs: 300 }), 'unreachable');
    await refused(hypervisor.exec(spec.name, ['no-such-program']), 'rejected');
    const left = await hypervisor.exec(spec.name, ['pgrep', '-c', 'sleep']);
    assert.equal(left.stdout.trim(), '0');
  });

  check('sees its own memory and processors, and is held to them', async () => {
    const memory = await inside(hypervisor, spec, 'sh', '-c', "free -b | awk '/^Mem/ {print $2}'; nproc");
    assert.deepEqual(memory.trim().split('\n'), [String(spec.memoryBytes), '1']);
    const greedy = await perl(hypervisor, spec, 'my $all = "x" x (600 * 1024 * 1024); print length $all');
    assert.notEqual(greedy.code, 0);
    assert.equal(greedy.stdout, '');
  });

  check('F53 is held to its number of processes', async () => {
    const bomb = `my $n = 0; while ($n < 500) { my $p = fork; last unless defined $p; if (!$p) { sleep 60; exit } $n++; push @all, $p }
      print $n; kill 9, @all;`;
    const forked = Number((await perl(hypervisor, spec, bomb)).stdout);
    assert.ok(forked > 20 && forked < spec.processes, `${forked} of ${spec.processes}`);
  });

  check('is held to its disk, and to a larger one at once', async () => {
    const fill = (megabytes: number) =>
      hypervisor.exec(spec.name, [
        'sh',
        '-c',
        `dd if=/dev/zero of=/fill bs=1M count=${megabytes} conv=fsync; stat -c %s /fill`,
      ]);
    const full = await fill(700);
    assert.match(full.stderr, /quota|No space/i);
    assert.ok(Number(full.stdout) < spec.diskBytes, full.stdout);
    const [sample] = await hypervisor.samples();
    assert.ok(sample && sample.diskBytes > 100n * 2n ** 20n && sample.diskBytes <= BigInt(spec.diskBytes));
    spec = { ...spec, diskBytes: 1200 * 2 ** 20 };
    await hypervisor.configure(spec);
    assert.match((await fill(700)).stderr, /700\+0 records out/);
    await inside(hypervisor, spec, 'rm', '/fill');
  });

  check('gets other limits while it runs', async () => {
    spec = { ...spec, memoryBytes: 384 * 2 ** 20, processes: 200, cpus: 2 };
    await hypervisor.configure(spec);
    const seen = await inside(hypervisor, spec, 'sh', '-c', "free -b | awk '/^Mem/ {print $2}'");
    assert.equal(Number(seen), spec.memoryBytes);
  });

  check('is reached on mapped ports, TCP and UDP apart, added and removed while it runs', async () => {
    await serveEcho(hypervisor, spec, 7000, '/tmp/heard');
    const tcp = portOf(subject, 'tcp', 5, 7000);
    const udp = portOf(subject, 'udp', 5, 7000);
    const reach = async () => [
      await tcpSays(tcp.listenAddress, tcp.listenPort),
      await udpSays(udp.listenAddress, udp.listenPort, 'x'),
    ];
    assert.deepEqual(await reach(), [null, null]);
    await hypervisor.configure({ ...spec, ports: [tcp] });
    assert.deepEqual(await reach(), ['tcp', null]);
    await hypervisor.configure({ ...spec, ports: [udp] });
    assert.deepEqual(await reach(), [null, 'udp x']);
    await hypervisor.configure({ ...spec, ports: [udp, tcp] });
    assert.deepEqual(await reach(), ['tcp', 'udp x']);
    await hypervisor.configure({ ...spec, ports: [] });
    assert.deepEqual(await reach(), [null, null]);
  });

  check('a mapping that goes takes the connections that came by it, and no others', async () => {
    const lines = (port: number) => `my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 9) or die;
      while (my $c = $s->accept) { next if fork; while (defined(my $l = <$c>)) { print $c "heard $l"; $c->flush } exit }`;
    for (const port of [80, 8080])
      await inside(
        hypervisor,
        spec,
        ...['systemd-run', '-q', `--unit=lines-${port}`, 'perl', '-MIO::Socket::INET', '-e', lines(port)],
      );
    const [going, staying] = [portOf(subject, 'tcp', 7, 80), portOf(subject, 'tcp', 8, 8080)];
    await hypervisor.configure({ ...spec, ports: [going, staying] });
    const talks = [going, staying].map((port) => talk(port.listenAddress, port.listenPort));
    const echoed = (line: string) => Promise.all(talks.map((one) => one.echoes(line)));
    await eventually('both answer', async () => (await echoed('first')).every(Boolean));
    await hypervisor.configure({ ...spec, ports: [staying] });
    assert.deepEqual(await echoed('second'), [false, true]);
    await hypervisor.configure({ ...spec, ports: [going, staying] });
    assert.deepEqual(await echoed('third'), [false, true], 'what has ended doesn’t come back');
    assert.ok(await talk(going.listenAddress, going.listenPort).echoes('anew'));
    await hypervisor.configure({ ...spec, ports: [] });
  });

  check('has its own ssh server behind its port, with host keys made at its first boot', async () => {
    const ssh = portOf(subject, 'tcp', 6, 22);
    spec = { ...spec, ports: [ssh] };
    await hypervisor.configure(spec);
    await eventually('sshd answers', async () =>
      /^SSH-2\.0/.test((await tcpSays(ssh.listenAddress, ssh.listenPort)) ?? ''),
    );
    const other = makeSpec(subject, 1);
    await boot(hypervisor, other);
    const key = (one: InstanceSpec) =>
      inside(hypervisor, one, 'cat', '/etc/ssh/ssh_host_ed25519_key.pub', '/etc/machine-id');
    assert.notEqual(await key(spec), await key(other));
    assert.match(await inside(hypervisor, spec, 'passwd', '-S', 'root'), /^root L /);
    await hypervisor.destroy(other.name);
  });

  check('keeps its data and ports over a restart, and gets another address when configured', async () => {
    await inside(hypervisor, spec, 'sh', '-c', 'echo kept > /root/file; sync');
    const moved = { ...spec, address: subject.addressOf(7) };
    await hypervisor.configure(moved);
    await hypervisor.power(spec.name, 'restart');
    await booted(hypervisor, moved);
    assert.equal(await inside(hypervisor, moved, 'cat', '/root/file'), 'kept\n');
    const [port] = moved.ports;
    await eventually('sshd answers', async () =>
      /^SSH/.test((await tcpSays(port!.listenAddress, port!.listenPort)) ?? ''),
    );
    assert.equal((await hypervisor.observe(spec.name))[0]?.address, moved.address);
  });

  check('says what is wrong precisely: no daemon, stopped, no such instance', async () => {
    const nowhere = driverFor({ ...(await borrowSliceLocal()), socketPath: '/nonexistent/unix.socket' }, 'x');
    await refused(nowhere.probe(), 'unreachable');
    await hypervisor.power(spec.name, 'stop', 0);
    await refused(hypervisor.exec(spec.name, ['true']), 'rejected');
    await refused(hypervisor.terminal(spec.name, { columns: 80, rows: 24 }), 'rejected');
    await refused(hypervisor.exec('nobody', ['true']), 'not_found');
  });

  async function borrowSliceLocal() {
    const slice = await borrowSlice();
    await slice.release();
    return slice.local;
  }
});
