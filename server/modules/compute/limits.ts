import type { Plan } from '#modules/catalogue/index.ts';

const MIB = 1_048_576n;
const GIB = 1_073_741_824n;

/** A plan's limits in the units of a machine's row. */
export function limitsOf(plan: Plan) {
  return {
    cpus: plan.cpus,
    memory_bytes: BigInt(plan.memory_mb) * MIB,
    disk_bytes: BigInt(plan.disk_gb) * GIB,
    processes: plan.processes,
    bandwidth_bps: BigInt(plan.bandwidth_mbps) * 1_000_000n,
    ports: plan.ports,
  };
}
