import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeEntry } from '#modules/compute/index.ts';
import type { Check, LocalHypervisor } from '#server/local/lxd.ts';
import { lxdApi } from '#server/local/lxd-api.ts';
import { FlavourError } from '#server/local/lxd-flavour.ts';
import { nodeEntry } from '#server/local/node-entry.ts';
import { writePrivately } from '#server/local/postgres-cluster.ts';
import { type Running, type Supervised, supervise } from '#server/local/supervise.ts';
import { identifyProcess } from '#server/local/supervise-process.ts';
import { CommandError } from './command.ts';
import { during, type Progress, type Step } from './progress.ts';

export interface HypervisorPart extends Running {
  local: LocalHypervisor;
  /** With its version, and what it has to do without: "lxd 5.0.2". */
  product: string;
}

export interface Nodes {
  file: string;
  /** For people: "LXD 5.0.2 on this machine", "simulated: …". */
  label: string;
  /** Ours, when `up` runs one. */
  hypervisor: Supervised<HypervisorPart> | null;
  simulated: boolean;
}

export interface NodesSettings {
  dataDir: string;
  simulated: boolean;
  /** CLOUDPACT_NODES_FILE, when the operator brings nodes of his own. */
  operatorFile: string | undefined;
  log(line: string): void;
  changed(part: HypervisorPart | null, restarts: number): void;
}

/** Not named "local": the same name with another driver would be the same node to the server. */
const SIMULATED: NodeEntry = {
  name: 'simulated',
  driver: 'simulated',
  endpoint: 'simulated:',
  pool: 'simulated',
  network: 'simulated',
  subnet: '10.88.0.0/16',
  gateway: '10.88.0.1',
  public_address: '127.0.0.1',
  port_from: 20_000,
  port_to: 29_999,
};

/**
 * Decides what machines are made on, and starts the local hypervisor where it can.
 *
 * A data directory stays with the kind of node that it began with: a real node that gave way to a simulated one
 * would look to the reconciler as if every machine had been lost.
 */
export async function prepareNodes(settings: NodesSettings, progress: Progress): Promise<Nodes> {
  if (settings.operatorFile) return operatorNodes(settings.operatorFile);
  const file = join(settings.dataDir, 'nodes.json');
  const before = existsSync(file) ? readNodes(file)[0]?.driver : undefined;
  if (before === 'lxd' && settings.simulated) {
    throw new CommandError(
      `${settings.dataDir} has a real node, and --simulated would lose sight of its machines.\n` +
        '  Choose another directory: ./cloudpact up --simulated --data DIR',
    );
  }
  return during(progress, 'hypervisor', async (step) => {
    const obstacle = settings.simulated ? 'asked for by --simulated' : await obstacleTo(before, file, step);
    const started = obstacle === null ? await startHypervisor(settings, step, before) : obstacle;
    if (typeof started !== 'string') {
      const current = started.current();
      if (current === null) throw new CommandError('the hypervisor ended as soon as it had started');
      await writeNodes(file, [nodeEntry('local', current.local)]).catch(async (error: unknown) => {
        await started.stop();
        throw error;
      });
      step.done(`${current.product}, network ${current.local.subnet}`);
      if (current.local.withoutLxcfs !== null) progress.note(lxcfsWarning(current.local.withoutLxcfs));
      return { file, label: `${current.product} on this machine`, hypervisor: started, simulated: false };
    }
    await writeNodes(file, [{ ...SIMULATED, state_file: join(settings.dataDir, 'simulated-node.json') }]);
    step.skipped(`simulated node, ${started}`);
    return { file, label: `simulated (${started})`, hypervisor: null, simulated: true };
  });
}

/** Limits hold all the same; what customers see in `free` and `top` doesn't tell of them. */
export function lxcfsWarning(reason: string): string {
  return `lxcfs can't be used: ${reason}. Machines start without it, and see this machine's memory and processors as theirs; their limits hold.`;
}

function operatorNodes(file: string): Nodes {
  const nodes = readNodes(file);
  const names = nodes.map((node) => `${node.name} (${node.driver})`).join(', ');
  return {
    file,
    label: `${names} of ${file}`,
    hypervisor: null,
    simulated: nodes.every((node) => node.driver === 'simulated'),
  };
}

/** Why no hypervisor is started here; null when all it needs is there. */
async function obstacleTo(
  before: NodeEntry['driver'] | undefined,
  file: string,
  step: Step,
): Promise<string | null> {
  if (before === 'simulated') return `as before; delete ${file} to try a real one`;
  const { hypervisorPrerequisites, installHypervisorPackages } = await import('#server/local/lxd.ts');
  let missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  if (missing.length > 0 && mayInstall()) {
    await installHypervisorPackages((line) => step.detail(line)).catch((error: Error) => {
      step.detail(`packages: ${error.message}`);
    });
    missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  }
  if (missing.length === 0) return null;
  const reason = missing.map(obstacle).join('; ');
  if (before === 'lxd') throw new CommandError(`the node of this data directory can't run here: ${reason}`);
  return reason;
}

/** Root on a Debian: what is missing can be fetched by name. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function obstacle(check: Check): string {
  return `needs ${check.name} (${check.detail})`;
}

/** The running hypervisor, or why a first start failed; a node that has worked before must start. */
async function startHypervisor(
  settings: NodesSettings,
  step: Step,
  before: NodeEntry['driver'] | undefined,
): Promise<Supervised<HypervisorPart> | string> {
  const { startLocalHypervisor } = await import('#server/local/lxd.ts');
  let restart = false;
  const start = async (): Promise<HypervisorPart> => {
    const local = await startLocalHypervisor({
      dataDir: settings.dataDir,
      name: 'local',
      log: (line) => (restart ? settings.log(`hypervisor: ${line}`) : step.detail(line)),
    });
    const identity = await identifyProcess(local.pid);
    restart = true;
    const exited = local.exited.then((code) => ({ reason: code === null ? 'ended' : `exit code ${code}` }));
    const product = `${local.product} ${await serverVersion(local.socketPath)}${lacking(local)}`;
    return { local, product, identity, exited, stop: () => local.stop() };
  };
  try {
    const { log, changed } = settings;
    return await supervise({ name: 'hypervisor', start, log, changed });
  } catch (error) {
    if (error instanceof FlavourError) throw new CommandError(error.message, { cause: error });
    if (before === 'lxd') throw error;
    return `since the hypervisor doesn't start here: ${(error as Error).message.split('\n')[0]}`;
  }
}

function lacking({ withoutLxcfs }: LocalHypervisor): string {
  return withoutLxcfs === null ? '' : ' WITHOUT lxcfs';
}

async function serverVersion(socketPath: string): Promise<string> {
  const { environment } = await lxdApi<{ environment: { server_version: string } }>(socketPath, '/1.0');
  return environment.server_version;
}

function readNodes(file: string): NodeEntry[] {
  try {
    const nodes: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(nodes) && nodes.length > 0) return nodes as NodeEntry[];
    throw new Error('it must be a JSON array of at least one node');
  } catch (error) {
    throw new CommandError(`the nodes file ${file} can't be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function writeNodes(file: string, nodes: NodeEntry[]): Promise<void> {
  await writePrivately(file, `${JSON.stringify(nodes, null, 2)}\n`);
}
