import type { Generated } from 'kysely';
import type { PowerState } from './driver.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    compute_node: NodeTable;
    compute_instance: InstanceTable;
    compute_mapping: MappingTable;
    compute_step: StepTable;
    compute_sample: SampleTable;
    compute_remote: RemoteTable;
  }
}

export interface NodeTable {
  id: string;
  name: string;
  driver: 'lxd' | 'simulated';
  config: unknown;
  regions: string[];
  public_address: string;
  subnet: string;
  port_from: number;
  port_to: number;
  enabled: Generated<boolean>;
  product: string | null;
  simulated: Generated<boolean>;
  cpus: number | null;
  memory_bytes: bigint | null;
  disk_bytes: bigint | null;
  images: Generated<string[]>;
  seen_at: Date | null;
  error: string | null;
}

export interface InstanceTable {
  id: string;
  brand: string;
  customer_id: string;
  node_id: string;
  name: string;
  slot: number | null;
  hostname: string;
  image: string;
  image_remote: unknown;
  cpus: number;
  memory_bytes: bigint;
  disk_bytes: bigint;
  processes: number;
  bandwidth_bps: bigint;
  ports: number;
  wanted_power: PowerState;
  allowed: 'yes' | 'suspended' | 'gone';
  restart_wanted: Generated<number>;
  restart_done: Generated<number>;
  sealed_access: Buffer | null;
  access_applied_at: Date | null;
  power: PowerState | null;
  observed_at: Date | null;
  ready_at: Date | null;
  gone_at: Date | null;
  reconcile_at: Date | null;
  /** Less than was bought, while it is throttled. */
  throttled_cpus: Generated<number | null>;
  /** The public doesn't reach it: its mappings stand, and lead nowhere. */
  unbound: Generated<boolean>;
  /** The mappings of the web's ports lead nowhere until its customer's sites may be open. */
  web_shut: Generated<boolean>;
  failures: Generated<number>;
  last_error: string | null;
  gave_up_at: Date | null;
  created_at: Date;
}

export interface MappingTable {
  id: string;
  instance_id: string;
  node_id: string;
  protocol: 'tcp' | 'udp';
  listen_port: number;
  target_port: number;
  created_at: Date;
}

export interface StepTable {
  id: Generated<bigint>;
  instance_id: string;
  step: string;
  state: 'started' | 'done' | 'failed';
  detail: string | null;
  at: Date;
}

export interface SampleTable {
  instance_id: string;
  at: Date;
  cpu_ns: bigint;
  memory_bytes: bigint;
  disk_bytes: bigint;
  received_bytes: bigint;
  sent_bytes: bigint;
  processes: number;
  /** What it began, as `Begun` has it; null where its node doesn't count. */
  connections: bigint | null;
  targets: bigint | null;
  mails: bigint | null;
  answers: bigint | null;
}

export interface RemoteTable {
  server: string;
  reachable: boolean;
  asked_at: Date;
}
