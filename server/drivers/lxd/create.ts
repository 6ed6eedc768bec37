import { HypervisorError, type InstanceSpec } from '#modules/compute/driver.ts';
import { listenerKey, specDigest } from '#modules/compute/spec.ts';
import { unreachable } from './failures.ts';
import {
  deploymentKey,
  digestKey,
  instanceConfig,
  instanceDevices,
  type LxdInstance,
  listenersOf,
  serviceKey,
} from './instance-config.ts';
import { instancePath, isKind, isStopped, type LxdNode } from './node.ts';

/** The lowest user id of a container's on any distribution; see `hasSoundIds`. */
const lowestHostId = 100_000;
const idTries = 5;

/** Makes the instance, or finds it made. */
export async function createInstance(node: LxdNode, spec: InstanceSpec): Promise<void> {
  if (await adopt(node, spec)) return;
  for (let tries = 1; ; tries += 1) {
    try {
      await make(node, spec);
    } catch (error) {
      if (isKind(error, 'rejected')) throw error;
      // Another process may have been at it at the same time, which is as good if it made the same.
      if (await adopt(node, spec)) return;
      throw error;
    }
    if (await holdsAgainstOthers(node, spec)) break;
    if (tries === idTries) throw unreachable(`create ${spec.name}`, new Error('no user ids of its own'));
  }
  await markComplete(node, spec);
}

/**
 * True when the instance of that name is ours and whole. A half-made one, which nobody can have used, is
 * removed, and false says that there's room to make it.
 */
async function adopt(node: LxdNode, spec: InstanceSpec): Promise<boolean> {
  if (!(await node.find(spec.name))) return false;
  await node.settle(spec.name);
  const instance = (await node.find(spec.name))?.instance;
  if (!instance) return false;
  const { config: keys } = instance;
  if (keys[deploymentKey] !== spec.deployment || keys[serviceKey] !== spec.serviceId) {
    throw new HypervisorError('conflict', `the name ${spec.name} is taken by something else`);
  }
  // Without the mark but in use: somebody lives in it, and what it may lack is for configure to bring.
  if (keys[digestKey] || !isStopped(instance) || Date.parse(instance.last_used_at) > 0) return true;
  await node.remove(spec.name);
  return false;
}

async function make(node: LxdNode, spec: InstanceSpec): Promise<void> {
  const layout = await node.layout();
  const body = (source: Record<string, unknown>) => ({
    name: spec.name,
    type: 'container',
    profiles: [],
    config: instanceConfig(spec, layout),
    devices: instanceDevices(spec, layout),
    source: { type: 'image', ...source },
  });
  await node.lxd.run('POST', '/1.0/instances', body(await imageSource(node, spec)));
}

/** The node's own image of that name, else the remote's, which the daemon downloads and keeps. */
async function imageSource(node: LxdNode, { image }: InstanceSpec): Promise<Record<string, unknown>> {
  const { alias, remote } = image;
  if (await node.hasImage(alias)) return { alias };
  if (!remote) throw new HypervisorError('rejected', `the node has no image ${alias}`);
  return { mode: 'pull', protocol: 'simplestreams', ...remote };
}

/**
 * Looks at all instances once ours is among them, stopped and with no rule in force yet. False: it has been removed
 * again and is to be made anew. A listener that another has is a `conflict`, and nothing is left.
 */
async function holdsAgainstOthers(node: LxdNode, spec: InstanceSpec): Promise<boolean> {
  const all = await node.all();
  const mine = all.find((one) => one.name === spec.name);
  if (!mine) throw unreachable(`create ${spec.name}`, new Error('it was removed meanwhile'));
  // Of two that are made at the same time by different processes, the first by name stays.
  const stronger = all.filter((one) => one !== mine && (one.config[digestKey] || one.name < spec.name));
  const wanted = new Set(spec.ports.map(listenerKey));
  for (const other of stronger) {
    const taken = listenersOf(other.devices).find((listener) => wanted.has(listener));
    if (!taken) continue;
    await node.remove(spec.name);
    throw new HypervisorError('conflict', `${taken} for ${spec.name} is already mapped to ${other.name}`);
  }
  if (hasSoundIds(mine, stronger)) return true;
  await node.remove(spec.name);
  return false;
}

/**
 * LXD 5.0.2 chooses user ids from a list on which an instance that is just being made stands with 0: the next one
 * gets ids below the allowed range, which don't start, or those of another.
 */
function hasSoundIds(mine: LxdInstance, others: LxdInstance[]): boolean {
  const base = mine.config['volatile.idmap.base'];
  if (base === undefined) return true;
  return Number(base) >= lowestHostId && others.every((one) => one.config['volatile.idmap.base'] !== base);
}

/** Only a create that went to its end has the mark: one cut short by a crash is told by its lack. */
async function markComplete(node: LxdNode, spec: InstanceSpec): Promise<void> {
  const config = { [digestKey]: specDigest(spec) };
  try {
    await node.lxd.run('PATCH', instancePath(spec.name), { config });
  } catch (error) {
    if (isKind(error, 'not_found')) throw unreachable(`create ${spec.name}`, error);
    throw error;
  }
}
