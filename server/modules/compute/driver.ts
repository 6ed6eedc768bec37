/**
 * Hypervisor: the port behind which LXD, Incus and the simulated node stand.
 *
 * Every method is idempotent: calling it again after a crash ends in the same state. A driver sees only the
 * instances of its own deployment (`user.cloudpact.deployment`); others on the same host don't exist for it.
 */

export interface PortMapping {
  protocol: 'tcp' | 'udp';
  /** Address of the node on which the mapping listens. */
  listenAddress: string;
  listenPort: number;
  targetPort: number;
}

export interface ImageSource {
  /** Name of the image on the node, e.g. "debian-12". */
  alias: string;
  /** Where to take it from when the node lacks it; without it the image must be there already. */
  remote?: { server: string; alias: string } | undefined;
}

export interface InstanceSpec {
  /** Hypervisor's name of the instance; ours, never the customer's. [a-z0-9-], at most 63 characters. */
  name: string;
  deployment: string;
  serviceId: string;
  image: ImageSource;
  cpus: number;
  memoryBytes: number;
  diskBytes: number;
  processes: number;
  /** Bits per second, each way. */
  bandwidthBps: number;
  /** Private IPv4 address on the node's bridge. */
  address: string;
  ports: PortMapping[];
}

export type PowerState = 'running' | 'stopped';

export interface ObservedInstance {
  name: string;
  serviceId: string;
  power: PowerState;
  /** True between the hypervisor's accept and its end of an operation on it, or in an error state. */
  busy: boolean;
  address: string | null;
  /** `specDigest` of the spec that was last applied in full. */
  specDigest: string | null;
}

export interface NodeFacts {
  /** What really answers: "lxd 5.0.2", "incus 6.0.4", "simulated". */
  product: string;
  simulated: boolean;
  cpus: number;
  memoryBytes: number;
  /** Of the storage pool that instances live in. */
  diskBytes: number;
  diskUsedBytes: number;
  /** Aliases that can be launched at once, without a download. */
  images: string[];
}

export interface InstanceSample {
  name: string;
  /** Since the instance started; falls back to a small figure on restart. */
  cpuNs: bigint;
  memoryBytes: bigint;
  diskBytes: bigint;
  receivedBytes: bigint;
  sentBytes: bigint;
  processes: number;
  /** Null where the node doesn't count it: one that isn't this machine, or whose rules are the operator's own. */
  begun: Begun | null;
}

/**
 * What an instance itself began since its node counts: counts alone, never with whom. They fall when the node's rules are
 * raised anew, and are an address's: whoever had it before counted them up as well.
 */
export interface Begun {
  connections: bigint;
  /** Distinct pairs of an address and a TCP port, each forgotten after a minute. */
  targets: bigint;
  /** Connections to other hosts' TCP port 25. */
  mails: bigint;
  /** TCP connections that somebody answered: of a scan's few, of a crawler's most. */
  answers: bigint;
}

export interface ExecOptions {
  /** Written to standard input, which is then closed (non-interactive only). */
  stdin?: string;
  environment?: Record<string, string>;
  timeoutMs?: number;
}

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A pseudo-terminal inside the instance. */
export interface Terminal {
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  onData(listener: (data: Uint8Array) => void): void;
  /** Called once, with the exit code or null when the connection broke. */
  onClose(listener: (code: number | null) => void): void;
  close(): void;
}

/** A place where an instance, or data of it, would be. */
export interface Trace {
  what: 'instance' | 'volume' | 'record';
  /** As the node names it. */
  place: string;
  there: boolean;
}

export interface Hypervisor {
  probe(): Promise<NodeFacts>;
  /** All instances of the deployment, or just the one named. */
  observe(name?: string): Promise<ObservedInstance[]>;
  /** Makes the instance, stopped. Exists already for the same service: nothing happens; for another: conflict. */
  create(spec: InstanceSpec): Promise<void>;
  /** Brings limits, address and port mappings of an existing instance to the spec, running or not. */
  configure(spec: InstanceSpec): Promise<void>;
  /** `restart` of a stopped instance starts it. Stop is clean first, by force after `graceSeconds`. */
  power(name: string, action: 'start' | 'stop' | 'restart', graceSeconds?: number): Promise<void>;
  /** Gone, running or not, with its disk and port mappings. Not there: nothing happens. */
  destroy(name: string): Promise<void>;
  /** Looks for what there may still be of an instance of this name, whosever it is: each place that was looked at. */
  traces(name: string): Promise<Trace[]>;
  exec(name: string, command: string[], options?: ExecOptions): Promise<ExecResult>;
  terminal(name: string, size: { columns: number; rows: number }): Promise<Terminal>;
  samples(): Promise<InstanceSample[]>;
}

/**
 * kind: `unreachable` (node down or timed out: retry, nothing is known), `rejected` (the hypervisor refuses
 * for good: bad image, no room), `not_found`, `conflict` (name taken by something that isn't ours).
 */
export class HypervisorError extends Error {
  readonly kind: 'unreachable' | 'rejected' | 'not_found' | 'conflict';
  constructor(kind: HypervisorError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

declare module '#kernel/house.ts' {
  interface Ports {
    /** The hypervisor of a node, by the node's name. Throws when the nodes file no longer has it. */
    hypervisors(nodeName: string): Hypervisor;
    /** Names what this deployment makes on hypervisors. */
    deployment: string;
    nodeNames: string[];
  }
}
