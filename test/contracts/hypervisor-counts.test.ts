import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { begunBy } from '#drivers/lxd/begun.ts';
import type { Begun, InstanceSpec } from '#modules/compute/driver.ts';
import { raiseFirewall } from '#server/local/firewall.ts';
import { program } from '#server/local/program.ts';
import { type Outside, openOutside } from '../support/outside.ts';
import { boot, perl } from './inside.ts';
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
      ports: [],
    }));
    await Promise.all(specs.map((spec) => boot(slice.hypervisor, spec)));
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
    }));
  }

  const CONNECT = `my ($to, $from, $until, $times) = @ARGV; for my $port ($from .. $until) { for (1 .. $times) {
    IO::Socket::INET->new(PeerAddr => $to, PeerPort => $port, Timeout => 2) } }`;

  check('forty ports are forty targets; one port five times is five connections to one target', async () => {
    const [own, other] = await counted(CONNECT, '2001', '2040', '1');
    assert.deepEqual(own, { connections: 40n, targets: 40n, mails: 0n });
    assert.deepEqual(other, { connections: 0n, targets: 0n, mails: 0n }, 'each by its own address');
    const [again] = await counted(CONNECT, '2050', '2050', '5');
    assert.deepEqual(again, { connections: 5n, targets: 1n, mails: 0n });
  });

  check('mail to other hosts is counted apart, its submission to a relay isn’t mail', async () => {
    const [mail] = await counted(CONNECT, '25', '25', '7');
    assert.deepEqual([mail!.connections, mail!.mails], [7n, 7n]);
    const [relay] = await counted(CONNECT, '587', '587', '3');
    assert.deepEqual([relay!.connections, relay!.mails], [3n, 0n]);
  });

  check('datagrams that nobody answers are one connection, not one each', async () => {
    const [own] =
      await counted(`my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => 9) or die;
      for (1 .. 50) { send($s, 'x', 0) }`);
    assert.deepEqual(own, { connections: 1n, targets: 0n, mails: 0n });
  });

  check(
    'rules raised anew count from nothing; without them nothing is known, and samples come all the same',
    async () => {
      const { network: bridge, subnet, gateway } = slice.local;
      // Of a bridge that isn't there, so that nobody else's counters fall.
      const fenced = { bridge: `cpno${process.pid}`, subnet, gateway };
      assert.equal((await program('nft', ['list', 'set', 'inet', `cloudpact_${bridge}`, 'lately'])).code, 0);
      await raiseFirewall(fenced);
      await raiseFirewall(fenced);
      assert.deepEqual((await begunBy(fenced.bridge))?.(gateway), {
        connections: 0n,
        targets: 0n,
        mails: 0n,
      });
      await program('nft', ['delete', 'table', 'inet', `cloudpact_${fenced.bridge}`]);
      assert.equal(await begunBy(fenced.bridge), null);
    },
  );
});
