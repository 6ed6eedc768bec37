import { type Db, type Tx, transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { catalogueInForce, type Image } from '#modules/catalogue/index.ts';
import './tables.ts';

const TIMEOUT_MS = 5_000;

/** Asks each image server that a catalogue names for its simplestreams index, and writes down whether it answered. */
export async function askRemotes(house: House): Promise<void> {
  const now = house.clock.now();
  const catalogues = await Promise.all(
    house.brands.all.map((brand) => catalogueInForce(house.db, brand.id, now)),
  );
  const servers = new Set(
    catalogues.flatMap(({ document }) =>
      document.images.flatMap(({ remotes = [] }) => remotes.map(({ server }) => server)),
    ),
  );
  for (const server of servers) {
    const reachable = await answers(server);
    await transact(house.db, async (tx) => {
      const row = { reachable, asked_at: now };
      await tx
        .insertInto('compute_remote')
        .values({ server, ...row })
        .onConflict((conflict) => conflict.column('server').doUpdateSet(row))
        .execute();
    });
  }
}

async function answers(server: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/streams/v1/index.json', server), {
      method: 'HEAD',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok;
  } catch {
    // Any failure means the same: nothing can be downloaded from there now.
    return false;
  }
}

export type Remote = NonNullable<Image['remotes']>[number];

/** From where a node of this product ("lxd 5.0.2") could download an image now; null from nowhere. */
export async function downloadable(
  db: Db | Tx,
): Promise<(image: Image, product: string | null) => Remote | null> {
  const rows = await db.selectFrom('compute_remote').select('server').where('reachable', '=', true).execute();
  const reachable = new Set(rows.map((row) => row.server));
  return ({ remotes = [] }, product) =>
    remotes.find((remote) => product?.split(' ')[0] === remote.for && reachable.has(remote.server)) ?? null;
}
