import type { Begun, InstanceSample } from '#modules/compute/driver.ts';
import { begunBy } from './begun.ts';
import { deploymentKey, type LxdInstance } from './instance-config.ts';
import type { LxdNode } from './node.ts';

interface InstanceState {
  cpu: { usage: number };
  disk: Record<string, { usage: number }> | null;
  memory: { usage: number };
  network: Record<string, { counters: { bytes_received: number; bytes_sent: number } }> | null;
  processes: number;
}

/**
 * Two calls for the whole node: the listing with states has everything, but counts page cache as memory in
 * use, which grows to the limit on any busy disk; `/1.0/metrics` (cached by the daemon for 8 s) says what is
 * really available. What instances began is the kernel's to say, where it is ours.
 */
export async function readSamples({ lxd, config, here }: LxdNode): Promise<InstanceSample[]> {
  const [instances, metrics, begun] = await Promise.all([
    lxd.get<(LxdInstance & { state: InstanceState | null })[]>('/1.0/instances?recursion=2'),
    lxd.text('/1.0/metrics'),
    here ? begunBy(config.network) : null,
  ]);
  const inUse = memoryInUse(metrics);
  return instances
    .filter((one) => one.config[deploymentKey] === config.deployment && one.status === 'Running' && one.state)
    .map((one) => {
      const address = one.devices.eth0?.['ipv4.address'];
      const own = begun && address ? begun(address) : null;
      return sampleOf(one.name, one.state!, inUse.get(one.name), own);
    });
}

function sampleOf(
  name: string,
  state: InstanceState,
  memoryBytes: bigint | undefined,
  begun: Begun | null,
): InstanceSample {
  const counters = state.network?.eth0?.counters;
  return {
    name,
    cpuNs: counter(state.cpu.usage),
    memoryBytes: memoryBytes ?? counter(state.memory.usage),
    diskBytes: counter(state.disk?.root?.usage),
    receivedBytes: counter(counters?.bytes_received),
    sentBytes: counter(counters?.bytes_sent),
    processes: Math.max(0, state.processes),
    begun,
  };
}

/** The daemon says -1 for what it couldn't read. */
function counter(value: number | undefined): bigint {
  return value === undefined || !(value > 0) ? 0n : BigInt(Math.trunc(value));
}

/** Total less available memory by instance name, from Prometheus text. */
function memoryInUse(metrics: string): Map<string, bigint> {
  const total = new Map<string, number>();
  const available = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    const found = /^(?:lxd|incus)_memory_Mem(Total|Available)_bytes\{([^}]*)\} (\S+)$/.exec(line);
    const name = found && /(?:^|,)name="([^"]+)"/.exec(found[2]!)?.[1];
    if (name) (found[1] === 'Total' ? total : available).set(name, Number(found[3]));
  }
  const pairs = [...total].map(
    ([name, bytes]) => [name, counter(bytes - (available.get(name) ?? 0))] as const,
  );
  return new Map(pairs);
}
