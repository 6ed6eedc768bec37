import { isIP } from 'node:net';
import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

export interface OnNode {
  serviceId: string;
  nodeId: string;
  /** From when, and until when: null while it is there. */
  from: Date;
  until: Date | null;
}

/**
 * A brand's services on a node: those that are there now, or, with `during`, all that were there at some moment of it
 * (`until` null: it goes on).
 */
export async function servicesOnNode(
  db: Db | Tx,
  brand: string,
  nodeId: string,
  during?: { from: Date; until: Date | null },
): Promise<OnNode[]> {
  const rows = await db
    .selectFrom('compute_instance')
    .select(['id', 'node_id', 'created_at', 'gone_at'])
    .where('brand', '=', brand)
    .where('node_id', '=', nodeId)
    .$if(during === undefined, (q) => q.where('gone_at', 'is', null))
    .$if(during !== undefined, (q) =>
      q.where((e) => e.or([e('gone_at', 'is', null), e('gone_at', '>', during!.from)])),
    )
    .$if(during?.until != null, (q) => q.where('created_at', '<', during!.until!))
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    serviceId: row.id,
    nodeId: row.node_id,
    from: row.created_at,
    until: row.gone_at,
  }));
}

/** A brand's services reached at an address of a node, or at one of its ports; a port alone is of any node. */
export async function servicesAt(
  db: Db | Tx,
  brand: string,
  { host, port }: { host: string | null; port: number | null },
): Promise<string[]> {
  if (host !== null && !isIP(host)) return [];
  const rows = await db
    .selectFrom('compute_mapping as m')
    .innerJoin('compute_instance as i', 'i.id', 'm.instance_id')
    .innerJoin('compute_node as n', 'n.id', 'm.node_id')
    .select('i.id')
    .distinct()
    .where('i.brand', '=', brand)
    .$if(host !== null, (q) => q.where('n.public_address', '=', host!))
    .$if(port !== null, (q) => q.where('m.listen_port', '=', port!))
    .execute();
  return rows.map(({ id }) => id);
}

/** Where a service's machine is; null where it has none. */
export async function nodeOf(db: Db | Tx, serviceId: string): Promise<string | null> {
  const row = await db
    .selectFrom('compute_instance')
    .select('node_id')
    .where('id', '=', serviceId)
    .where('gone_at', 'is', null)
    .executeTakeFirst();
  return row?.node_id ?? null;
}

/** Nodes that take instances, by name. */
export function nodesOf(db: Db | Tx): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('compute_node')
    .select(['id', 'name'])
    .where('enabled', '=', true)
    .orderBy('name')
    .execute();
}

/** Nodes by their ids, as staff know them; those that don't exist are left out. */
export async function nodesNamed(
  db: Db | Tx,
  ids: readonly string[],
): Promise<{ id: string; name: string; address: string }[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('compute_node')
    .select(['id', 'name', 'public_address as address'])
    .where('id', 'in', [...ids])
    .orderBy('name')
    .execute();
}
