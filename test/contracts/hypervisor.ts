import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  type Hypervisor,
  HypervisorError,
  type InstanceSpec,
  type PortMapping,
  type Terminal,
} from '#modules/compute/driver.ts';
import { specDigest } from '#modules/compute/spec.ts';

/** A node to hold to the contract, with room for some instances. */
export interface Subject {
  hypervisor: Hypervisor;
  /** A driver of the same node for another deployment. */
  stranger: Hypervisor;
  strangersDeployment: string;
  deployment: string;
  image: string;
  addressOf(index: number): string;
  listenAddress: string;
  portFrom: number;
  release(): Promise<void>;
}

export function makeSpec(subject: Subject, index: number, changes: Partial<InstanceSpec> = {}): InstanceSpec {
  return {
    name: `${subject.deployment}-${index}`,
    deployment: subject.deployment,
    serviceId: `service-${index}`,
    image: { alias: subject.image },
    cpus: 1,
    memoryBytes: 256 * 2 ** 20,
    diskBytes: 2 ** 30,
    processes: 100,
    bandwidthBps: 100_000_000,
    address: subject.addressOf(index),
    ports: [portOf(subject, 'tcp', index * 10, 22)],
    ...changes,
  };
}

export function portOf(
  subject: Subject,
  protocol: 'tcp' | 'udp',
  offset: number,
  targetPort: number,
): PortMapping {
  return {
    protocol,
    listenAddress: subject.listenAddress,
    listenPort: subject.portFrom + offset,
    targetPort,
  };
}

export async function refused(promise: Promise<unknown>, kind: HypervisorError['kind']): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof HypervisorError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}

/** Waits for text on a terminal; everything since the last call counts. */
export function screenOf(terminal: Terminal): {
  shows(text: string): Promise<void>;
  closed: Promise<number | null>;
} {
  let seen = '';
  const waiting = new Set<() => void>();
  terminal.onData((data) => {
    seen += new TextDecoder().decode(data);
    for (const look of waiting) look();
  });
  return {
    shows: (text) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(
          () => reject(new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(seen)}`)),
          30_000,
        );
        const look = () => {
          const at = seen.indexOf(text);
          if (at < 0) return;
          seen = seen.slice(at + text.length);
          clearTimeout(deadline);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    closed: new Promise((resolve) => terminal.onClose(resolve)),
  };
}

/**
 * What every driver of `Hypervisor` must do. The tests go through one instance's life, in order.
 * @param absent why the driver can't be tested on this machine, or null
 */
export function hypervisorContract(
  name: string,
  absent: string | null,
  makeSubject: () => Promise<Subject>,
): void {
  describe(`hypervisor contract: ${name}`, () => {
    let subject: Subject;
    let hypervisor: Hypervisor;
    const check = (title: string, body: (t: TestContext) => Promise<void>) =>
      it(title, { timeout: 120_000 }, async (t) => {
        if (absent) return t.skip(absent);
        await body(t);
      });
    const one = () => makeSpec(subject, 0);
    const power = async () => (await hypervisor.observe(one().name))[0]?.power;

    before(async () => {
      if (absent) return;
      subject = await makeSubject();
      hypervisor = subject.hypervisor;
    });
    after(() => subject?.release());

    check('the probe names what answers and the images at hand', async () => {
      const facts = await hypervisor.probe();
      assert.match(facts.product, /^(lxd|incus) \d|^simulated$/);
      assert.equal(facts.simulated, facts.product === 'simulated');
      assert.ok(facts.images.includes(subject.image));
      assert.ok(facts.cpus >= 1 && facts.memoryBytes > 2 ** 20 && facts.diskBytes > facts.diskUsedBytes);
    });

    check('created twice, also at once, there is one, stopped', async () => {
      await Promise.all([hypervisor.create(one()), hypervisor.create(one())]);
      await hypervisor.create(one());
      assert.deepEqual(await hypervisor.observe(), [
        {
          name: one().name,
          serviceId: one().serviceId,
          power: 'stopped',
          busy: false,
          address: one().address,
          specDigest: specDigest(one()),
        },
      ]);
    });

    check('the same name for another service, or another deployment, is a conflict', async () => {
      await refused(hypervisor.create({ ...one(), serviceId: 'another' }), 'conflict');
      const foreign = { ...one(), deployment: subject.strangersDeployment, ports: [] };
      await refused(subject.stranger.create(foreign), 'conflict');
    });

    check('another deployment neither sees nor touches it', async () => {
      const { stranger } = subject;
      assert.deepEqual(await stranger.observe(), []);
      assert.deepEqual(await stranger.observe(one().name), []);
      await refused(stranger.power(one().name, 'start'), 'not_found');
      await refused(stranger.exec(one().name, ['true']), 'not_found');
      await refused(stranger.terminal(one().name, { columns: 80, rows: 24 }), 'not_found');
      await stranger.destroy(one().name);
      assert.equal(await power(), 'stopped');
    });

    check('an image that the node lacks is rejected and nothing is left', async () => {
      const spec = makeSpec(subject, 1, { image: { alias: 'no-such-image' } });
      await refused(hypervisor.create(spec), 'rejected');
      assert.deepEqual(await hypervisor.observe(spec.name), []);
    });

    check('a port of the node’s own, and one listener twice, are rejected', async () => {
      const [port] = one().ports;
      const privileged = makeSpec(subject, 1, { ports: [{ ...port!, listenPort: 22 }] });
      await refused(hypervisor.create(privileged), 'rejected');
      const double = makeSpec(subject, 1, {
        ports: [portOf(subject, 'tcp', 11, 1), portOf(subject, 'tcp', 11, 2)],
      });
      await refused(hypervisor.create(double), 'rejected');
      assert.deepEqual(await hypervisor.observe(double.name), []);
    });

    check('F50 a listener that another instance has is a conflict, for create and configure', async () => {
      await refused(hypervisor.create(makeSpec(subject, 1, { ports: one().ports })), 'conflict');
      assert.deepEqual(await hypervisor.observe(makeSpec(subject, 1).name), []);
      await hypervisor.create(makeSpec(subject, 1));
      await refused(hypervisor.configure(makeSpec(subject, 1, { ports: one().ports })), 'conflict');
      // The other protocol on the same number is another listener.
      const [port] = one().ports;
      await hypervisor.configure(makeSpec(subject, 1, { ports: [{ ...port!, protocol: 'udp' }] }));
      await hypervisor.destroy(makeSpec(subject, 1).name);
    });

    check('F50 two creates at once for one listener: one winner', async () => {
      const ports = [portOf(subject, 'tcp', 9, 22)];
      const both = [makeSpec(subject, 1, { ports }), makeSpec(subject, 2, { ports })];
      const ends = await Promise.allSettled(both.map((spec) => hypervisor.create(spec)));
      assert.deepEqual(ends.map((end) => end.status).sort(), ['fulfilled', 'rejected']);
      for (const spec of both) await hypervisor.destroy(spec.name);
    });

    check('start, start again, exec, restart, stop, stop again', async () => {
      await hypervisor.power(one().name, 'start');
      await hypervisor.power(one().name, 'start');
      assert.equal(await power(), 'running');
      assert.equal((await hypervisor.exec(one().name, ['true'])).code, 0);
      await hypervisor.power(one().name, 'restart');
      assert.equal(await power(), 'running');
      await hypervisor.power(one().name, 'stop');
      await hypervisor.power(one().name, 'stop');
      assert.equal(await power(), 'stopped');
      await hypervisor.power(one().name, 'restart');
      assert.equal(await power(), 'running');
    });

    check('configure brings the digest, running or not, and nobody else’s service', async () => {
      const changed = { ...one(), processes: 150, ports: [...one().ports, portOf(subject, 'udp', 0, 53)] };
      await hypervisor.configure(changed);
      assert.equal((await hypervisor.observe(one().name))[0]?.specDigest, specDigest(changed));
      assert.notEqual(specDigest(changed), specDigest(one()));
      await hypervisor.configure(one());
      await hypervisor.configure(one());
      assert.equal((await hypervisor.observe(one().name))[0]?.specDigest, specDigest(one()));
      await refused(hypervisor.configure({ ...one(), serviceId: 'another' }), 'conflict');
      await refused(hypervisor.configure(makeSpec(subject, 3)), 'not_found');
    });

    check('samples of what runs; counters never fall', async () => {
      const first = (await hypervisor.samples()).find((sample) => sample.name === one().name);
      assert.ok(first && first.memoryBytes >= 0n);
      await hypervisor.exec(one().name, ['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done']);
      const second = (await hypervisor.samples()).find((sample) => sample.name === one().name);
      assert.ok(second && second.cpuNs > first.cpuNs, `${second?.cpuNs} after ${first.cpuNs}`);
      assert.ok(second.receivedBytes >= first.receivedBytes && second.sentBytes >= first.sentBytes);
      assert.ok(second.processes > 0 && second.diskBytes >= 0n);
    });

    check('a terminal: size, resize, exit code', async () => {
      const terminal = await hypervisor.terminal(one().name, { columns: 77, rows: 20 });
      const screen = screenOf(terminal);
      await screen.shows('# ');
      terminal.write(new TextEncoder().encode('stty size\n'));
      await screen.shows('20 77');
      await screen.shows('# ');
      terminal.resize(132, 43);
      // The size travels on another stream than what is typed.
      for (let tries = 0, done = false; !done && tries < 50; tries += 1) {
        terminal.write(new TextEncoder().encode('stty size\n'));
        done = await Promise.race([
          screen.shows('43 132').then(() => true),
          screen.shows('20 77').then(() => false),
        ]);
      }
      terminal.write(new TextEncoder().encode('exit 7\n'));
      assert.equal(await screen.closed, 7);
    });

    check('destroyed while running, and again: gone; then nothing is found', async () => {
      const before = await hypervisor.traces(one().name);
      assert.ok(
        before.length > 0 && before.every(({ there }) => there),
        'the instance and its data are there',
      );
      await hypervisor.destroy(one().name);
      await hypervisor.destroy(one().name);
      const after = await hypervisor.traces(one().name);
      assert.deepEqual(
        after,
        before.map((trace) => ({ ...trace, there: false })),
        'each place was looked at again, and is empty',
      );
      assert.deepEqual(await hypervisor.observe(), []);
      await refused(hypervisor.power(one().name, 'start'), 'not_found');
      await refused(hypervisor.exec(one().name, ['true']), 'not_found');
      assert.deepEqual(await hypervisor.samples(), []);
    });
  });
}
