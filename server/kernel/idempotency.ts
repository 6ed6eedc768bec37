import type { Ctx } from './ctx.ts';
import type { Tx } from './db.ts';
import { problem } from './problem.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    kernel_idempotency: {
      owner: string;
      key: string;
      request_hash: string;
      status: number;
      answer: unknown;
      created_at: Date;
    };
  }
}

export interface Answer<T> {
  status: number;
  body: T;
}

/**
 * Does `work` once for this owner and key; a repeat gets the first answer, without a second effect (F01).
 * The same key with another request is refused (F27). The answer is stored in the effect's own transaction,
 * so an act that fails leaves the key free. `hash` is keyed (see Sealer.digest): bodies may hold passwords.
 * Two at once: the second waits for the first.
 */
export async function once<T>(
  tx: Tx,
  ctx: Ctx,
  request: { owner: string; key: string; hash: string },
  work: () => Promise<Answer<T>>,
): Promise<Answer<T> & { replayed: boolean }> {
  const placed = await tx
    .insertInto('kernel_idempotency')
    .values({
      owner: request.owner,
      key: request.key,
      request_hash: request.hash,
      status: 0,
      answer: null,
      created_at: ctx.now,
    })
    .onConflict((conflict) => conflict.columns(['owner', 'key']).doNothing())
    .executeTakeFirst();
  const row = () =>
    tx.selectFrom('kernel_idempotency').where('owner', '=', request.owner).where('key', '=', request.key);
  if (placed.numInsertedOrUpdatedRows === 0n) {
    const earlier = await row().selectAll().executeTakeFirstOrThrow();
    if (earlier.request_hash !== request.hash) throw problem['idempotency-key-reused']();
    return { status: earlier.status, body: earlier.answer as T, replayed: true };
  }
  const answer = await work();
  await tx
    .updateTable('kernel_idempotency')
    .set({ status: answer.status, answer: JSON.stringify(answer.body) })
    .where('owner', '=', request.owner)
    .where('key', '=', request.key)
    .execute();
  return { ...answer, replayed: false };
}
