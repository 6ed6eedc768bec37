import { type NodeConfig, nodeConfig } from '#modules/compute/index.ts';
import { ensureImage } from '#server/local/image.ts';
import { hypervisorPrerequisites, removeInstances, startLocalHypervisor } from '#server/local/lxd.ts';
import { nodeEntry } from '#server/local/node-entry.ts';

/** No hypervisor can run on this machine; the message says what is missing and how to get it. */
export class RealNodeError extends Error {}

/**
 * A hypervisor for throw-away worlds alone, apart from the one that `up` runs, with its image, which is kept for the
 * next time. Machines that a killed world left behind are removed: they would hold the ports that this one gives out.
 */
export async function openRealNode(
  dataDir: string,
  log: (line: string) => void,
): Promise<{ node: NodeConfig; socketPath: string; stop(): Promise<void> }> {
  const missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  if (missing.length > 0) {
    const list = missing.map((check) => `  ${check.name}: ${check.detail}. ${check.remedy}`).join('\n');
    throw new RealNodeError(`no hypervisor can run here:\n${list}`);
  }
  const local = await startLocalHypervisor({ dataDir, name: 'world', log });
  try {
    await removeInstances(local);
    await ensureImage({ socketPath: local.socketPath, alias: 'debian-12', pool: local.pool, log });
  } catch (error) {
    await local.stop();
    throw error;
  }
  const node = nodeConfig.parse(nodeEntry('world', local));
  return { node, socketPath: local.socketPath, stop: () => local.stop() };
}
