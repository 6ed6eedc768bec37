import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lxdHypervisor } from '#drivers/lxd/hypervisor.ts';
import type { Hypervisor } from '#modules/compute/driver.ts';
import { ensureImage } from '#server/local/image.ts';
import { hypervisorPrerequisites, type LocalHypervisor, startLocalHypervisor } from '#server/local/lxd.ts';
import { lxdApi } from '#server/local/lxd-api.ts';
import { lock, tryLock } from '#server/local/supervise-lock.ts';

/**
 * A part of the shared test hypervisor that one test file, story or bench has for itself: a deployment, addresses
 * and ports. Falls back to the pool when the process ends, however it ends.
 */
export interface Slice {
  local: LocalHypervisor;
  hypervisor: Hypervisor;
  deployment: string;
  image: string;
  /** Last parts of the addresses, both included: `addressOf(0)` … `addressOf(addresses - 1)`. */
  addresses: number;
  addressOf(index: number): string;
  /** Both included. */
  portFrom: number;
  portTo: number;
  /** Destroys what the slice's deployment has left and gives the slice back. */
  release(): Promise<void>;
}

const slices = 12;
const addressesEach = 20;
const firstHost = 10;

/** The hypervisor that tests share, kept running between them; never that of an `up`. */
export function testHypervisorDirectory(): string {
  return path.join(process.env.CLOUDPACT_TEST_DIR ?? path.join(tmpdir(), 'cloudpact-test'), 'hypervisor');
}

/** Why no real hypervisor can run here, or null. For `t.skip`. */
export async function noHypervisor(): Promise<string | null> {
  const missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  if (missing.length === 0) return null;
  return missing.map((check) => `${check.name}: ${check.detail} (${check.remedy})`).join('; ');
}

/** Starts or adopts the shared test hypervisor with its image. The first call on a machine takes a minute. */
export async function startTestHypervisor(
  log: (line: string) => void = () => undefined,
): Promise<LocalHypervisor> {
  const dataDir = testHypervisorDirectory();
  await mkdir(dataDir, { recursive: true });
  const held = await lock(path.join(dataDir, 'tests.lock'), 200);
  try {
    const local = await startLocalHypervisor({ dataDir, name: 'tests', log });
    await ensureImage({ socketPath: local.socketPath, log });
    return local;
  } finally {
    held.release();
  }
}

export async function borrowSlice(log?: (line: string) => void): Promise<Slice> {
  const local = await startTestHypervisor(log);
  const folder = path.join(testHypervisorDirectory(), 'slices');
  for (let index = 0; index < slices; index += 1) {
    const held = tryLock(path.join(folder, `${index}.lock`));
    if (!held) continue;
    const prefix = local.subnet.replace(/0\/24$/, '');
    const addressOf = (offset: number) => `${prefix}${firstHost + index * addressesEach + offset}`;
    const own = Array.from({ length: addressesEach }, (_, offset) => addressOf(offset));
    await removeInstances(local, (_deployment, address) => own.includes(address));
    const deployment = `test-${randomBytes(4).toString('hex')}`;
    const portsEach = Math.floor((local.portTo + 1 - local.portFrom) / slices);
    const portFrom = local.portFrom + index * portsEach;
    return {
      local,
      deployment,
      hypervisor: driverFor(local, deployment),
      image: 'debian-12',
      addresses: addressesEach,
      addressOf,
      portFrom,
      portTo: portFrom + portsEach - 1,
      release: async () => {
        await removeInstances(local, (owner) => owner === deployment);
        held.release();
      },
    };
  }
  throw new Error(`all ${slices} slices of the test hypervisor are in use`);
}

export function driverFor(local: LocalHypervisor, deployment: string): Hypervisor {
  const endpoint = `unix:${local.socketPath}`;
  const { pool, network, limitEgress } = local;
  return lxdHypervisor({ deployment, endpoint, pool, network, limitEgress });
}

interface Found {
  name: string;
  status: string;
  config: Record<string, string>;
  devices: Record<string, Record<string, string>>;
}

async function removeInstances(
  local: LocalHypervisor,
  unwanted: (deployment: string, address: string) => boolean,
) {
  for (const one of await lxdApi<Found[]>(local.socketPath, '/1.0/instances?recursion=1')) {
    const deployment = one.config['user.cloudpact.deployment'] ?? '';
    if (!unwanted(deployment, one.devices.eth0?.['ipv4.address'] ?? '')) continue;
    await driverFor(local, deployment).destroy(one.name);
  }
}
