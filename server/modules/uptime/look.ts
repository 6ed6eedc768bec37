import type { Tx } from '#kernel/db.ts';
import { lookedAt, type Spell } from './rules.ts';
import './tables.ts';

/**
 * A node was looked at: its newest stretch goes on, or another begins. After a gap (nobody looked: the worker itself was
 * down) a draft that was open ends where the looking ended.
 */
export async function nodeLooked(
  tx: Tx,
  look: { nodeId: string; answers: boolean; at: Date },
): Promise<void> {
  const { nodeId, answers, at } = look;
  const newest = await tx
    .selectFrom('uptime_spell')
    .selectAll()
    .where('node_id', '=', nodeId)
    .orderBy('from_at', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  const known: Spell | null = newest
    ? { from: newest.from_at.getTime(), until: newest.until_at.getTime(), answers: newest.answers }
    : null;
  const what = lookedAt(known, { at: at.getTime(), answers });
  if (what === 'late') return;
  if (what !== 'begin')
    await tx
      .updateTable('uptime_spell')
      .set({ until_at: at })
      .where('node_id', '=', nodeId)
      .where('from_at', '=', newest!.from_at)
      .execute();
  if (what === 'go-on') return;
  await tx
    .insertInto('uptime_spell')
    .values({ node_id: nodeId, from_at: at, until_at: at, answers })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const lostSight = what === 'begin';
  await tx
    .updateTable('uptime_draft')
    .set({ until_at: lostSight ? (newest?.until_at ?? at) : at, lost_sight: lostSight })
    .where('node_id', '=', nodeId)
    .where('until_at', 'is', null)
    .execute();
}
