import { setTimeout as sleep } from 'node:timers/promises';
import { HypervisorError } from '#modules/compute/driver.ts';
import { LxdConnection, type LxdEndpoint, type Operation } from './connection.ts';
import { deploymentKey, type LxdInstance, listenersOf, type NodeLayout } from './instance-config.ts';

export interface LxdConfig extends LxdEndpoint {
  /** Only instances with this mark are seen and touched. */
  deployment: string;
  pool: string;
  network: string;
  /** False where the node's kernel can't police traffic (see `LocalHypervisor.limitEgress`). Default true. */
  limitEgress?: boolean | undefined;
}

export interface ServerInfo {
  environment: { server: string; server_version: string };
}

export interface Found {
  instance: LxdInstance;
  etag: string | null;
}

type Operations = Record<string, Operation[] | undefined>;

/** How often and how long to ask again while the daemon still finishes something on the instance by itself. */
const busyEveryMs = 100;
const busyTries = 150;

/** One daemon with the instances of one deployment: what all verbs of the driver need to know. */
export class LxdNode {
  readonly lxd: LxdConnection;
  readonly config: LxdConfig;
  /** Its kernel is ours: what only the kernel can do is done for nobody else's. */
  readonly here: boolean;
  #layout: Promise<NodeLayout> | null = null;

  constructor(config: LxdConfig) {
    this.config = config;
    this.lxd = new LxdConnection(config);
    this.here = config.endpoint.startsWith('unix:');
  }

  /** Asked once; a daemon that becomes another product is another node. */
  layout(): Promise<NodeLayout> {
    this.#layout ??= this.#readLayout().catch((error) => {
      this.#layout = null;
      throw error;
    });
    return this.#layout;
  }

  async #readLayout(): Promise<NodeLayout> {
    const { environment } = await this.lxd.get<ServerInfo>('/1.0');
    const { pool, network, limitEgress = true } = this.config;
    return { pool, network, limitEgress, flavour: environment.server === 'incus' ? 'incus' : 'lxd' };
  }

  hasImage(alias: string): Promise<boolean> {
    return this.has(`/1.0/images/aliases/${encodeURIComponent(alias)}`);
  }

  /** Whether the daemon has anything at this path. */
  async has(path: string): Promise<boolean> {
    try {
      await this.lxd.get(path);
      return true;
    } catch (error) {
      if (isKind(error, 'not_found')) return false;
      throw error;
    }
  }

  /** The instance if it is there, whosever it is. */
  async find(name: string): Promise<Found | null> {
    try {
      const { body, etag } = await this.lxd.read<LxdInstance>(instancePath(name));
      return { instance: body, etag };
    } catch (error) {
      if (isKind(error, 'not_found')) return null;
      throw error;
    }
  }

  /** Throws `not_found` for what isn't of our deployment, too. */
  async own(name: string): Promise<Found> {
    const found = await this.find(name);
    if (!found || found.instance.config[deploymentKey] !== this.config.deployment) {
      throw new HypervisorError('not_found', `instance ${name} isn't on the node`);
    }
    return found;
  }

  /** Of all deployments. */
  async all(): Promise<LxdInstance[]> {
    return await this.lxd.get<LxdInstance[]>('/1.0/instances?recursion=1');
  }

  /** Who on the node has which listener, whether running or not. */
  async listenersTaken(): Promise<Map<string, string>> {
    const all = await this.all();
    return new Map(
      all.flatMap((one) => listenersOf(one.devices).map((listener) => [listener, one.name] as const)),
    );
  }

  async runningTasks(): Promise<Operation[]> {
    const operations = await this.lxd.get<Operations>('/1.0/operations?recursion=1');
    // Open terminals are operations too, of class websocket: they aren't work in progress.
    return [...(operations.running ?? []), ...(operations.pending ?? [])].filter(
      (one) => one.class === 'task',
    );
  }

  /** Lets what another caller, perhaps a dead one, has begun on the instance come to its end, good or bad. */
  async settle(name: string): Promise<void> {
    for (const task of (await this.runningTasks()).filter((one) => concerns(one, name))) {
      await this.lxd.wait(task.id, `earlier operation on ${name}`).catch((error) => {
        if (!(error instanceof HypervisorError) || error.kind === 'unreachable') throw error;
      });
    }
  }

  /** A stopped instance goes, with its disk. Not there: nothing happens. */
  async remove(name: string): Promise<void> {
    try {
      await whenFree(() => this.lxd.run('DELETE', instancePath(name)));
    } catch (error) {
      if (!isKind(error, 'not_found')) throw error;
    }
  }
}

/** After a failed start, say, the daemon tidies up and refuses everything meanwhile; no operation shows that. */
export async function whenFree<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const busy = error instanceof HypervisorError && /busy running/i.test(error.message);
      if (!busy || tries === busyTries) throw error;
    }
    await sleep(busyEveryMs);
  }
}

export function isKind(error: unknown, kind: HypervisorError['kind']): error is HypervisorError {
  return error instanceof HypervisorError && error.kind === kind;
}

export function instancePath(name: string): string {
  return `/1.0/instances/${encodeURIComponent(name)}`;
}

export function isStopped(instance: LxdInstance): boolean {
  return instance.status === 'Stopped' || instance.status === 'Error';
}

export function concerns(operation: Operation, name: string): boolean {
  return (operation.resources?.instances ?? []).some(
    (path) => path.split('?')[0] === `/1.0/instances/${name}`,
  );
}
