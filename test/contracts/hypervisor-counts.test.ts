import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { begunBy } from '#drivers/lxd/begun.ts';
import type { Begun, InstanceSpec } from '#modules/compute/driver.ts';
import { raiseFirewall, removeFirewall } from '#server/local/firewall.ts';
import { type Outside, openOutside } from '../support/outside.ts';
import { boot, perl, serveEcho } from './inside.ts';
import { borrowSlice, noHypervisor, type Slice } from './local-lxd.ts';

const absent = await noHypervisor();

// What a real container begins, as the node's kernel counts it; a host elsewhere refuses whatever it is asked.
describe('[lantian 3.2-detect] what a container begins is counted on its node', () => {
  let slice: Slice;
  let outside: Outside;
  let specs: InstanceSpec[];
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 120_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });

  before(async () => {
    if (absent) return;
    slice = await borrowSlice();
    outside = await openOutside(`cpcnt${process.pid}`, 1);
    specs = [0, 1].map((index) => ({
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
      ports:
        index === 0
          ? []
          : [
              {
                ...{ protocol: 'tcp' as const, listenAddress: slice.local.publicAddress },
                ...{ listenPort: slice.portFrom, targetPort: 7000 },
              },
            ],
    }));
    await Promise.all(specs.map((spec) => boot(slice.hypervisor, spec)));
    await serveEcho(slice.hypervisor, specs[1]!, 7000, '/tmp/heard');
  });
  after(async () => {
    await outside?.close();
    await slice?.release();
  });

  async function begun(index: number): Promise<Begun> {
    const sample = (await slice.hypervisor.samples()).find(({ name }) => name === specs[index]!.name);
    assert.ok(sample?.begun, 'a node that is this machine counts');
    return sample.begun;
  }

  /** What came to be counted of one container by this, and of its neighbour. */
  async function counted(text: string, ...args: string[]): Promise<Begun[]> {
    const earlier = [await begun(0), await begun(1)];
    const { code, stderr } = await perl(slice.hypervisor, specs[0]!, text, outside.address, ...args);
    assert.equal(code, 0, stderr);
    const later = [await begun(0), await begun(1)];
    return later.map((now, i) => ({
      connections: now.connections - earlier[i]!.connections,
      targets: now.targets - earlier[i]!.targets,
      mails: now.mails - earlier[i]!.mails,
      answers: now.answers - earlier[i]!.answers,
    }));
  }

  const CONNECT = `my ($to, $from, $until, $times) = @ARGV; for my $port ($from .. $until) { for (1 .. $times) {
    IO::Socket::INET->new(PeerAddr => $to, PeerPort => $port, Timeout => 2) } }`;

  check('forty ports are forty targets; one port five times is five connections to one target', async () => {
    const [own, other] = await counted(CONNECT, '2001', '2040', '1');
    assert.deepEqual(own, { connections: 40n, targets: 40n, mails: 0n, answers: 0n });
    assert.deepEqual(
      other,
      { connections: 0n, targets: 0n, mails: 0n, answers: 0n },
      'each by its own address',
    );
    const [again] = await counted(CONNECT, '2050', '2050', '5');
    assert.deepEqual(again, { connections: 5n, targets: 1n, mails: 0n, answers: 0n });
  });

  check('mail to other hosts is counted apart, its submission to a relay isn’t mail', async () => {
    const [mail] = await counted(CONNECT, '25', '25', '7');
    assert.deepEqual([mail!.connections, mail!.mails], [7n, 7n]);
    const [relay] = await counted(CONNECT, '587', '587', '3');
    assert.deepEqual([relay!.connections, relay!.mails], [3n, 0n]);
  });

  check('what is answered is counted for whoever asked, and what comes in for nobody', async () => {
    const { publicAddress } = slice.local;
    const port = String(slice.portFrom);
    const [own, other] = await counted(
      `my ($far, $to, $port) = @ARGV; for (1 .. 5) {
        my $c = IO::Socket::INET->new(PeerAddr => $to, PeerPort => $port, Timeout => 2) or die "$!"; print scalar <$c> }`,
      publicAddress,
      port,
    );
    assert.deepEqual(own, { connections: 5n, targets: 1n, mails: 0n, answers: 5n });
    assert.deepEqual(other, { connections: 0n, targets: 0n, mails: 0n, answers: 0n });
  });

  check('datagrams that nobody answers are one connection, not one each', async () => {
    const [own] =
      await counted(`my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => 9) or die;
      for (1 .. 50) { send($s, 'x', 0) }`);
    assert.deepEqual(own, { connections: 1n, targets: 0n, mails: 0n, answers: 0n });
  });

  check('rules raised anew count from nothing; without them nothing is known', async () => {
    // Of a bridge and a network that nobody has: nobody else's traffic or counters are touched.
    const gateway = '198.51.100.129';
    const fenced = { bridge: `cpno${process.pid}`, subnet: '198.51.100.128/25', gateway };
    try {
      await raiseFirewall(fenced);
      await raiseFirewall(fenced);
      const none = { connections: 0n, targets: 0n, mails: 0n, answers: 0n };
      assert.deepEqual((await begunBy(fenced.bridge))?.(gateway), none);
    } finally {
      await removeFirewall(fenced.bridge);
    }
    assert.equal(await begunBy(fenced.bridge), null);
  });
});
