import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ExecOptions,
  type Hypervisor,
  HypervisorError,
  type InstanceSample,
  type InstanceSpec,
  type ObservedInstance,
} from '#modules/compute/driver.ts';
import { checkSpec, listenerKey, specDigest } from '#modules/compute/spec.ts';
import { type Instances, type SimulatedInstance, SimulatedState } from './state.ts';
import { simulatedTerminal } from './terminal.ts';

export interface SimulatedConfig {
  deployment: string;
  /** JSON; with it the node outlives the process. One process may change it, any number read it. */
  stateFile?: string | undefined;
  /** How long each change takes. */
  latencyMs?: number | undefined;
}

const images = ['debian-12'];
const cpus = 8;
const memoryBytes = 32 * 2 ** 30;
const diskBytes = 500 * 2 ** 30;

/** A node that only keeps books, and says so wherever it can. It holds the contract that real ones hold. */
export function simulatedHypervisor(config: SimulatedConfig): Hypervisor {
  const state = new SimulatedState(config.stateFile);

  /** Changes one after the other, each as long as set. */
  let last: Promise<unknown> = Promise.resolve();
  function change<T>(apply: (instances: Instances) => T): Promise<T> {
    const done = last.then(async () => {
      if (config.latencyMs) await sleep(config.latencyMs);
      const instances = state.read();
      const result = apply(instances);
      state.write(instances);
      return result;
    });
    last = done.catch(() => undefined);
    return done;
  }

  function own(instances: Instances, name: string): SimulatedInstance {
    const instance = instances.get(name);
    if (instance?.spec.deployment !== config.deployment) {
      throw new HypervisorError('not_found', `instance ${name} isn't on the node`);
    }
    return instance;
  }

  function checkListeners(instances: Instances, spec: InstanceSpec): void {
    const wanted = new Set(spec.ports.map(listenerKey));
    for (const other of instances.values()) {
      if (other.spec.name === spec.name) continue;
      const taken = other.spec.ports.map(listenerKey).find((listener) => wanted.has(listener));
      if (taken)
        throw new HypervisorError(
          'conflict',
          `${taken} for ${spec.name} is already mapped to ${other.spec.name}`,
        );
    }
  }

  function create(instances: Instances, spec: InstanceSpec): void {
    checkSpec(spec, config.deployment);
    checkListeners(instances, spec);
    const present = instances.get(spec.name);
    if (
      present &&
      (present.spec.serviceId !== spec.serviceId || present.spec.deployment !== spec.deployment)
    ) {
      throw new HypervisorError('conflict', `the name ${spec.name} is taken by something else`);
    }
    if (present) return;
    const { alias, remote } = spec.image;
    if (!images.includes(alias) && !remote)
      throw new HypervisorError('rejected', `the node has no image ${alias}`);
    instances.set(spec.name, {
      spec: structuredClone(spec),
      digest: specDigest(spec),
      power: 'stopped',
      ticks: 0,
    });
  }

  function configure(instances: Instances, spec: InstanceSpec): void {
    checkSpec(spec, config.deployment);
    const instance = own(instances, spec.name);
    if (instance.spec.serviceId !== spec.serviceId) {
      throw new HypervisorError('conflict', `the name ${spec.name} is taken by another service`);
    }
    checkListeners(instances, spec);
    instance.spec = { ...structuredClone(spec), image: instance.spec.image };
    instance.digest = specDigest(spec);
  }

  function power(instances: Instances, name: string, action: 'start' | 'stop' | 'restart'): void {
    const instance = own(instances, name);
    const before = instance.power;
    instance.power = action === 'stop' ? 'stopped' : 'running';
    if (before === 'stopped' || action !== 'start') instance.ticks = 0;
  }

  return {
    async probe() {
      const used = [...state.read().values()].reduce((sum, one) => sum + usage(one).disk, 0);
      return {
        product: 'simulated',
        simulated: true,
        cpus,
        memoryBytes,
        diskBytes,
        diskUsedBytes: used,
        images: [...images],
      };
    },
    async traces(name) {
      return [{ what: 'record', place: `instance ${name}`, there: state.read().has(name) }];
    },
    async observe(name?: string) {
      return [...state.read().values()]
        .filter(
          (one) =>
            one.spec.deployment === config.deployment && (name === undefined || one.spec.name === name),
        )
        .map(observed);
    },
    create: (spec) => change((instances) => create(instances, spec)),
    configure: (spec) => change((instances) => configure(instances, spec)),
    power: (name, action) => change((instances) => power(instances, name, action)),
    destroy: (name) =>
      change((instances) => {
        if (instances.get(name)?.spec.deployment === config.deployment) instances.delete(name);
      }),
    async exec(name: string, _command: string[], _options?: ExecOptions) {
      if (own(state.read(), name).power !== 'running')
        throw new HypervisorError('rejected', `${name} isn't running`);
      return { code: 0, stdout: '', stderr: '' };
    },
    async terminal(name, size) {
      const instance = own(state.read(), name);
      if (instance.power !== 'running') throw new HypervisorError('rejected', `${name} isn't running`);
      return simulatedTerminal(instance.spec, size);
    },
    samples: () =>
      change((instances) => {
        const running = [...instances.values()].filter(
          (one) => one.spec.deployment === config.deployment && one.power === 'running',
        );
        for (const one of running) one.ticks += 1;
        return running.map(sample);
      }),
  };
}

function observed({ spec, digest, power }: SimulatedInstance): ObservedInstance {
  return {
    name: spec.name,
    serviceId: spec.serviceId,
    power,
    busy: false,
    address: spec.address,
    specDigest: digest,
  };
}

/** Figures of a machine that idles along; the same reads always give the same. */
function usage({ spec, ticks }: SimulatedInstance) {
  const wave = (1 + Math.sin((ticks + spec.name.length) / 7)) / 2;
  return {
    cpuNs: ticks * 50_000_000 * Math.max(1, spec.cpus),
    memory: Math.floor(spec.memoryBytes * (0.15 + 0.2 * wave)),
    disk: Math.floor(Math.min(spec.diskBytes * 0.5, 20 * 2 ** 20 + ticks * 65_536)),
    received: ticks * 40_000,
    sent: ticks * 120_000,
  };
}

function sample(instance: SimulatedInstance): InstanceSample {
  const { ticks } = instance;
  const figures = usage(instance);
  return {
    name: instance.spec.name,
    cpuNs: BigInt(figures.cpuNs),
    memoryBytes: BigInt(figures.memory),
    diskBytes: BigInt(figures.disk),
    receivedBytes: BigInt(figures.received),
    sentBytes: BigInt(figures.sent),
    processes: 12,
    begun: {
      connections: BigInt(ticks),
      targets: BigInt(Math.floor(ticks / 6)),
      mails: 0n,
      answers: BigInt(ticks),
    },
  };
}
