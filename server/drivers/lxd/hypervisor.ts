import {
  type ExecOptions,
  type Hypervisor,
  HypervisorError,
  type InstanceSpec,
  type NodeFacts,
  type ObservedInstance,
} from '#modules/compute/driver.ts';
import { checkSpec, listenerKey, specDigest } from '#modules/compute/spec.ts';
import { LxdConnection, type LxdEndpoint, type Operation } from './connection.ts';
import { execute, openTerminal } from './exec.ts';
import { unreachable } from './failures.ts';
import {
  deploymentKey,
  digestKey,
  instanceConfig,
  instanceDevices,
  type LxdInstance,
  listenersOf,
  type NodeLayout,
  replacement,
  serviceKey,
} from './instance-config.ts';
import { PortClaims } from './port-claims.ts';
import { readSamples } from './samples.ts';
import { Turns } from './turns.ts';

export interface LxdConfig extends LxdEndpoint {
  /** Only instances with this mark are seen and touched. */
  deployment: string;
  pool: string;
  network: string;
  /** False where the node's kernel can't police traffic (see `LocalHypervisor.limitEgress`). Default true. */
  limitEgress?: boolean | undefined;
}

interface ServerInfo {
  environment: { server: string; server_version: string };
}

type Operations = Record<string, Operation[] | undefined>;

const defaultGraceSeconds = 30;
/** An init that has only just started doesn't hear the first request. */
const askAgainSeconds = 5;

/** LXD 5.0 or newer, or Incus, by its REST API. See `Hypervisor` for what each method promises. */
export function lxdHypervisor(config: LxdConfig): Hypervisor {
  const lxd = new LxdConnection(config);
  const claims = new PortClaims();
  const creations = new Turns();
  let layout: Promise<NodeLayout> | null = null;

  async function readLayout(): Promise<NodeLayout> {
    const { environment } = await lxd.get<ServerInfo>('/1.0');
    const flavour = environment.server === 'incus' ? 'incus' : 'lxd';
    return { pool: config.pool, network: config.network, flavour, limitEgress: config.limitEgress ?? true };
  }

  function nodeLayout(): Promise<NodeLayout> {
    layout ??= readLayout().catch((error) => {
      layout = null;
      throw error;
    });
    return layout;
  }

  /** The instance if it is there, whosever it is. */
  async function find(name: string): Promise<{ instance: LxdInstance; etag: string | null } | null> {
    try {
      const { body, etag } = await lxd.read<LxdInstance>(instancePath(name));
      return { instance: body, etag };
    } catch (error) {
      if (error instanceof HypervisorError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  async function own(name: string): Promise<{ instance: LxdInstance; etag: string | null }> {
    const found = await find(name);
    if (!found || found.instance.config[deploymentKey] !== config.deployment) {
      throw new HypervisorError('not_found', `instance ${name} isn't on the node`);
    }
    return found;
  }

  async function runningTasks(): Promise<Operation[]> {
    const operations = await lxd.get<Operations>('/1.0/operations?recursion=1');
    // Open terminals are operations too, of class websocket: they aren't work in progress.
    return [...(operations.running ?? []), ...(operations.pending ?? [])].filter(
      (one) => one.class === 'task',
    );
  }

  /** Lets what another caller, perhaps a dead one, has begun on the instance come to its end, good or bad. */
  async function settle(name: string): Promise<void> {
    for (const task of (await runningTasks()).filter((one) => concerns(one, name))) {
      await lxd.wait(task.id, `earlier operation on ${name}`).catch((error) => {
        if (error instanceof HypervisorError && error.kind !== 'unreachable') return;
        throw error;
      });
    }
  }

  async function listenersTaken(): Promise<Map<string, string>> {
    const all = await lxd.get<LxdInstance[]>('/1.0/instances?recursion=1');
    return new Map(
      all.flatMap((one) => listenersOf(one.devices).map((listener) => [listener, one.name] as const)),
    );
  }

  function withPorts(spec: InstanceSpec, apply: () => Promise<void>): Promise<void> {
    return claims.hold(spec.name, spec.ports.map(listenerKey), listenersTaken, apply);
  }

  async function probe(): Promise<NodeFacts> {
    const [server, resources, pool, aliases] = await Promise.all([
      lxd.get<ServerInfo>('/1.0'),
      lxd.get<{ cpu: { total: number }; memory: { total: number } }>('/1.0/resources'),
      lxd.get<{ space: { used: number; total: number } }>(`/1.0/storage-pools/${config.pool}/resources`),
      lxd.get<{ name: string }[]>('/1.0/images/aliases?recursion=1'),
    ]);
    return {
      product: `${server.environment.server} ${server.environment.server_version}`,
      simulated: false,
      cpus: resources.cpu.total,
      memoryBytes: resources.memory.total,
      diskBytes: pool.space.total,
      diskUsedBytes: pool.space.used,
      images: aliases.map((alias) => alias.name),
    };
  }

  async function observe(name?: string): Promise<ObservedInstance[]> {
    const read =
      name === undefined
        ? lxd.get<LxdInstance[]>('/1.0/instances?recursion=1')
        : find(name).then((found) => (found ? [found.instance] : []));
    const [instances, tasks] = await Promise.all([read, runningTasks()]);
    return instances
      .filter((one) => one.config[deploymentKey] === config.deployment)
      .map((one) => ({
        name: one.name,
        serviceId: one.config[serviceKey] ?? '',
        power: isStopped(one) ? 'stopped' : 'running',
        busy: one.status === 'Error' || tasks.some((task) => concerns(task, one.name)),
        address: one.devices.eth0?.['ipv4.address'] ?? null,
        specDigest: one.config[digestKey] ?? null,
      }));
  }

  async function create(spec: InstanceSpec): Promise<void> {
    checkSpec(spec, config.deployment);
    const node = await nodeLayout();
    await creations.run(spec.name, () => createOnce(spec, node));
  }

  async function createOnce(spec: InstanceSpec, node: NodeLayout): Promise<void> {
    await withPorts(spec, async () => {
      const found = await find(spec.name);
      if (found && (await adopt(spec))) return;
      try {
        await makeInstance(spec, node);
      } catch (error) {
        // Two callers at once: the other was first, which is as good if it makes the same.
        if (!(error instanceof HypervisorError && error.kind === 'conflict') || !(await adopt(spec)))
          throw error;
      }
    });
  }

  async function makeInstance(spec: InstanceSpec, node: NodeLayout): Promise<void> {
    const body = (source: Record<string, unknown>) => ({
      name: spec.name,
      type: 'container',
      profiles: [],
      config: instanceConfig(spec, node),
      devices: instanceDevices(spec, node),
      source: { type: 'image', ...source },
    });
    const { alias, remote } = spec.image;
    try {
      await lxd.run('POST', '/1.0/instances', body({ alias }));
    } catch (error) {
      if (!(error instanceof HypervisorError) || error.kind !== 'not_found') throw error;
      if (!remote) throw new HypervisorError('rejected', `the node has no image ${alias}`, { cause: error });
      await lxd.run('POST', '/1.0/instances', body({ mode: 'pull', protocol: 'simplestreams', ...remote }));
    }
    await markComplete(spec);
  }

  /** Only a create that went to its end has the mark: one cut short by a crash is told by its lack. */
  async function markComplete(spec: InstanceSpec): Promise<void> {
    try {
      await lxd.run('PATCH', instancePath(spec.name), { config: { [digestKey]: specDigest(spec) } });
    } catch (error) {
      if (error instanceof HypervisorError && error.kind === 'not_found')
        throw unreachable(`create ${spec.name}`, error);
      throw error;
    }
  }

  /**
   * True when the instance of that name is ours and whole. A half-made one, which nobody can have used, is
   * removed, and false says that there's room to make it.
   */
  async function adopt(spec: InstanceSpec): Promise<boolean> {
    await settle(spec.name);
    const instance = (await find(spec.name))?.instance;
    if (!instance) return false;
    const { config: keys } = instance;
    if (keys[deploymentKey] !== spec.deployment || keys[serviceKey] !== spec.serviceId) {
      throw new HypervisorError('conflict', `the name ${spec.name} is taken by something else`);
    }
    if (keys[digestKey]) return true;
    if (!isStopped(instance) || everStarted(instance)) {
      // Somebody lives in it; keys that we lack are for configure to bring.
      return true;
    }
    await lxd.run('DELETE', instancePath(spec.name));
    return false;
  }

  async function configure(spec: InstanceSpec): Promise<void> {
    checkSpec(spec, config.deployment);
    const node = await nodeLayout();
    await withPorts(spec, async () => {
      const { instance, etag } = await own(spec.name);
      if (instance.config[serviceKey] !== spec.serviceId) {
        throw new HypervisorError('conflict', `the name ${spec.name} is taken by another service`);
      }
      const ifMatch: Record<string, string> = etag ? { 'if-match': etag } : {};
      await lxd.run('PUT', instancePath(spec.name), replacement(instance, spec, node), ifMatch);
    });
  }

  async function changeState(
    name: string,
    action: 'start' | 'stop',
    force: boolean,
    timeoutSeconds: number,
  ): Promise<void> {
    const operation = await lxd.start('PUT', `${instancePath(name)}/state`, {
      action,
      force,
      timeout: timeoutSeconds,
    });
    if (operation) await lxd.wait(operation.id, `${action} ${name}`, (timeoutSeconds + 120) * 1000);
  }

  /** The state is what counts: a start of what has been started meanwhile isn't an error. */
  async function unlessReached(
    name: string,
    wanted: 'running' | 'stopped',
    change: () => Promise<void>,
  ): Promise<void> {
    try {
      await change();
    } catch (error) {
      const final = error instanceof HypervisorError && error.kind === 'rejected';
      if (!final || isStopped((await own(name)).instance) !== (wanted === 'stopped')) throw error;
    }
  }

  async function start(name: string): Promise<void> {
    await unlessReached(name, 'running', () => changeState(name, 'start', false, 60));
  }

  async function stop(name: string, graceSeconds: number): Promise<void> {
    for (let left = graceSeconds; left > 0; left -= askAgainSeconds) {
      try {
        await changeState(name, 'stop', false, Math.min(left, askAgainSeconds));
        return;
      } catch (error) {
        if (!(error instanceof HypervisorError) || error.kind !== 'rejected') throw error;
        if (isStopped((await own(name)).instance)) return;
      }
    }
    await unlessReached(name, 'stopped', () => changeState(name, 'stop', true, 30));
  }

  async function power(
    name: string,
    action: 'start' | 'stop' | 'restart',
    graceSeconds = defaultGraceSeconds,
  ) {
    const stopped = isStopped((await own(name)).instance);
    if (action !== 'start' && !stopped) await stop(name, graceSeconds);
    if (action === 'restart' || (action === 'start' && stopped)) await start(name);
  }

  async function destroy(name: string): Promise<void> {
    await settle(name);
    const instance = (await find(name))?.instance;
    if (instance?.config[deploymentKey] !== config.deployment) return;
    if (!isStopped(instance)) await stop(name, 0);
    try {
      await lxd.run('DELETE', instancePath(name));
    } catch (error) {
      if (!(error instanceof HypervisorError && error.kind === 'not_found')) throw error;
    }
  }

  return {
    probe,
    observe,
    create,
    configure,
    power,
    destroy,
    async exec(name: string, command: string[], options?: ExecOptions) {
      await own(name);
      return await execute(lxd, name, command, options);
    },
    async terminal(name: string, size: { columns: number; rows: number }) {
      await own(name);
      return await openTerminal(lxd, name, size);
    },
    samples: () => readSamples(lxd, config.deployment),
  };
}

function instancePath(name: string): string {
  return `/1.0/instances/${encodeURIComponent(name)}`;
}

function isStopped(instance: LxdInstance): boolean {
  return instance.status === 'Stopped' || instance.status === 'Error';
}

function everStarted(instance: LxdInstance): boolean {
  return Date.parse(instance.last_used_at) > 0;
}

function concerns(operation: Operation, name: string): boolean {
  return (operation.resources?.instances ?? []).some(
    (path) => path.split('?')[0] === `/1.0/instances/${name}`,
  );
}
