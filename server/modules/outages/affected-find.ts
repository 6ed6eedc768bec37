import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type OnNode, servicesOnNode } from '#modules/compute/index.ts';
import { type Service, servicesByIds } from '#modules/lifecycle/index.ts';
import { packagesRunning } from '#modules/metering/index.ts';
import { acceptanceLatest, acceptedThen } from '#modules/terms/index.ts';
import type { Affected, Entry } from './outage-row.ts';
import { problem, within } from './rules.ts';

type Found = Omit<Affected, 'outage_id' | 'number'>;
type Reach = Pick<Entry, 'from_at' | 'until_at' | 'nodes' | 'services' | 'products'>;

/**
 * Whom an outage hit: what was on its nodes at the time, the services that are named, and the packages of its metered
 * products; each with the part of the outage in which it was there and due to run. Throws `outage-unknown-service`.
 */
export async function affectedFind(tx: Tx, ctx: Ctx, reach: Reach): Promise<Found[]> {
  const during = { from: reach.from_at, until: reach.until_at };
  const onNodes = new Map<string, OnNode>();
  for (const node of reach.nodes) {
    for (const one of await servicesOnNode(tx, ctx.brand.id, node, during)) onNodes.set(one.serviceId, one);
  }
  const services = await servicesByIds(tx, ctx.brand.id, [
    ...new Set([...onNodes.keys(), ...reach.services]),
  ]);
  const known = new Set(services.map(({ id }) => id));
  const unknown = reach.services.filter((id) => !known.has(id));
  if (unknown.length > 0) throw problem['outage-unknown-service']({ ids: unknown.join(', ') });
  const found = services.flatMap((service): Found[] => {
    const life = lifeOf(service, onNodes.get(service.id));
    const part = life && overlap(reach, life);
    if (!part) return [];
    const { id, customer_id, acceptance_id, product, label } = service;
    return [{ subject_id: id, kind: 'service', customer_id, acceptance_id, product, label, ...part }];
  });
  return heldThen(tx, [...found, ...(await packagesFound(tx, ctx, reach, during))]);
}

/** Each under what its customer had accepted when it was hit: a version that was accepted since judges no outage before it. */
async function heldThen(tx: Tx, found: readonly Found[]): Promise<Found[]> {
  const then = await acceptedThen(
    tx,
    found.map(({ customer_id: customerId, acceptance_id: acceptanceId, from_at: at }) => ({
      ...{ customerId, serviceId: null, acceptanceId, at },
    })),
  );
  return found.map((one, i) => ({ ...one, acceptance_id: then[i]!.acceptanceId }));
}

async function packagesFound(
  tx: Tx,
  ctx: Ctx,
  reach: Reach,
  during: { from: Date; until: Date | null },
): Promise<Found[]> {
  const found: Found[] = [];
  for (const one of await packagesRunning(tx, ctx.brand.id, reach.products, during)) {
    const terms = await acceptanceLatest(tx, one.customerId);
    const part = overlap(reach, { from: one.startsAt, until: one.endsAt });
    if (!terms || !part) continue;
    found.push({
      subject_id: one.id,
      kind: 'package',
      customer_id: one.customerId,
      acceptance_id: terms.acceptanceId,
      product: one.product,
      label: `${one.product} · ${one.name}`,
      ...part,
    });
  }
  return found;
}

/** From when until when it was due to run; null for what was never handed over. */
function lifeOf(service: Service, onNode: OnNode | undefined): { from: Date; until: Date | null } | null {
  if (service.state === 'preparing' || service.state === 'failed') return null;
  const ends = [service.ended_at, service.deleted_at, service.suspended_at, onNode?.until ?? null];
  const until = ends.filter((end) => end !== null).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
  return { from: service.created_at, until };
}

/** The part of the outage that lies in that life; open at its end where both go on. */
function overlap(
  { from_at, until_at }: Reach,
  life: { from: Date; until: Date | null },
): { from_at: Date; until_at: Date | null } | null {
  const end = (instant: Date | null) => instant?.getTime() ?? Number.MAX_SAFE_INTEGER;
  const part = within(
    { from: from_at.getTime(), until: end(until_at) },
    { from: life.from.getTime(), until: end(life.until) },
  );
  if (!part) return null;
  const open = part.until === Number.MAX_SAFE_INTEGER;
  return { from_at: new Date(part.from), until_at: open ? null : new Date(part.until) };
}
