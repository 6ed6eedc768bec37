import { z } from 'zod';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { type CatalogueDocument, type PriceMove, shown } from '#modules/catalogue/index.ts';
import type { InstanceView } from '#modules/compute/index.ts';
import { runs, type Service } from '#modules/lifecycle/index.ts';
import { type Policy, periodsSold, policyShown } from '#modules/terms/index.ts';

export const instanceShown = z.object({
  hostname: z.string(),
  image: z.string(),
  cpus: z.number(),
  memory_mb: z.number(),
  disk_gb: z.number(),
  bandwidth_mbps: z.number(),
  power: z.enum(['running', 'stopped']).nullable(),
  wanted_power: z.enum(['running', 'stopped']),
  ready: z.boolean(),
  /** Something doesn't go as it should; it is being tried again. */
  trouble: z.boolean(),
  /** It came from another customer, and its ports stay shut until root's way in is yours. */
  passing: z.boolean(),
  public_address: z.string(),
  private_address: z.string().nullable(),
  ssh: z.object({ host: z.string(), port: z.number(), command: z.string() }).nullable(),
  port_range: z.object({ from: z.number(), to: z.number() }).nullable(),
  simulated: z.boolean(),
  node_product: z.string().nullable(),
});

export const serviceShown = z.object({
  id,
  customer_id: z.string(),
  product: z.string(),
  plan: z.string(),
  plan_name: localized,
  region: z.string(),
  region_name: localized,
  label: z.string(),
  /** What was added to the plan's limits. */
  options: z.record(z.string(), z.number()),
  state: z.enum(['preparing', 'active', 'suspended', 'ended', 'deleted', 'failed']),
  /** A month of it, at its next renewal; and what was announced to come later. */
  price: amountOut,
  price_ahead: z.object({ price: amountOut, from: instant }).nullable(),
  months: z.array(z.number()),
  /** Whether its terms know renewal by itself, whether it is on (months each time), and when it is tried next. */
  auto_renew: z.object({ offered: z.boolean(), months: z.number().nullable(), next: instant.nullable() }),
  period_start: instant,
  period_end: instant,
  suspended_at: instant.nullable(),
  delete_at: instant.nullable(),
  deleted_at: instant.nullable(),
  created_at: instant,
  /** Null where nothing is deleted by itself. */
  grace_days: z.number().nullable(),
  /** What happens at the end of the period, and by which clause. */
  clause: z.object({ id: z.string(), version: z.string(), title: localized }),
  instance: instanceShown.nullable(),
  actions: z.object({ renew: z.boolean(), power: z.boolean(), mappings: z.boolean(), terminal: z.boolean() }),
});

export function shownInstance(view: InstanceView): z.infer<typeof instanceShown> {
  const { instance, node, sshPort } = view;
  const host = node.public_address;
  return {
    hostname: instance.hostname,
    image: instance.image,
    cpus: instance.cpus,
    memory_mb: Number(instance.memory_bytes / 1_048_576n),
    disk_gb: Number(instance.disk_bytes / 1_073_741_824n),
    bandwidth_mbps: Number(instance.bandwidth_bps / 1_000_000n),
    power: instance.power,
    wanted_power: instance.wanted_power,
    ready: instance.ready_at !== null,
    trouble: instance.last_error !== null,
    passing: view.passing,
    public_address: host,
    private_address: view.address,
    ssh: sshPort === null ? null : { host, port: sshPort, command: `ssh -p ${sshPort} root@${host}` },
    port_range: view.ports,
    simulated: node.simulated,
    node_product: node.product,
  };
}

export function shownService(
  service: Service,
  terms: Policy,
  view: InstanceView | null,
  catalogue: CatalogueDocument,
  { now, moves }: { now: Date; moves: readonly PriceMove[] },
): z.infer<typeof serviceShown> {
  const names = shown(catalogue, service.plan, service.region);
  const own = moves.filter(({ service_id }) => service_id === service.id);
  const ahead = own.find(({ from_at }) => from_at > now);
  const usable = runs(service) && service.state === 'active' && view?.instance.ready_at != null;
  return {
    id: service.id,
    customer_id: service.customer_id,
    product: service.product,
    plan: service.plan,
    plan_name: names.plan,
    region: service.region,
    region_name: names.region,
    label: service.label,
    options: service.options as Record<string, number>,
    state: service.state,
    price: formatYuan(own.findLast(({ from_at }) => from_at <= now)?.to_micro ?? service.renewal_price_micro),
    price_ahead: ahead ? { price: formatYuan(ahead.to_micro), from: ahead.from_at.toISOString() } : null,
    months: periodsSold(terms.parameters),
    auto_renew: {
      offered: terms.parameters.auto_renew !== undefined,
      months: service.auto_renew_months,
      next: service.renew_at?.toISOString() ?? null,
    },
    period_start: service.period_start.toISOString(),
    period_end: service.period_end.toISOString(),
    suspended_at: service.suspended_at?.toISOString() ?? null,
    delete_at: service.delete_at?.toISOString() ?? null,
    deleted_at: service.deleted_at?.toISOString() ?? null,
    created_at: service.created_at.toISOString(),
    grace_days: terms.parameters.expiry?.grace_days ?? null,
    clause: policyShown(terms, terms.parameters.expiry ? 'expiry' : 'payment'),
    instance: view ? shownInstance(view) : null,
    actions: {
      renew: service.state === 'active' || service.state === 'suspended',
      power: usable,
      mappings: usable,
      terminal: usable && view?.instance.power === 'running',
    },
  };
}
