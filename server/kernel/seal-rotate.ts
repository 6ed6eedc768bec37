import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { systemClock } from './clock.ts';
import { type Db, signal, type Tx, transact } from './db.ts';
import { type Sealer, UnknownKeyError } from './seal.ts';
import { KEYS_CHANGED, keksOf, putKey, readKeys } from './seal-keys.ts';

/** Where sealed values lie, and whose row each is bound to: what `seal` was called with. Empty: it was erased. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The columns that name a row. */
  key: readonly string[];
  owner: (row: Record<string, string>) => string;
}

export interface RotateOptions {
  columns: readonly SealedColumn[];
  /** Rows in one transaction. */
  batch?: number;
  /** How long all processes have to learn of the new key before it seals its first value. */
  settleMs?: number;
  /** Called after each batch; what it throws ends the rotation there, as a kill would. */
  onBatch?: (done: { table: string; column: string; rows: number }) => void;
}

export interface Rotated {
  key: number;
  resealed: number;
  /** Values that don't open: damaged, or moved from another row. They stay as they are. */
  broken: { table: string; column: string; row: string }[];
}

type KekConfig = Parameters<typeof keksOf>[0];

/**
 * A new data key, and every sealed value sealed anew by it, in bounded batches while the system runs. One that was
 * killed goes on where it stopped when it is called again, and makes no further key; old values open all the while.
 */
export async function rotateKeys(
  db: Db,
  config: KekConfig,
  sealer: Sealer,
  options: RotateOptions,
): Promise<Rotated> {
  const { columns, batch = 500, settleMs = 3_000 } = options;
  const key = await nextKey(db, config, settleMs);
  sealer.become(await readKeys(db, config));
  const broken = new Map<string, Rotated['broken'][number]>();
  let resealed = 0;
  for (;;) {
    let moved = 0;
    for (const column of columns) {
      const done = await resealColumn(db, sealer, { column, key, batch, broken, onBatch: options.onBatch });
      moved += done;
    }
    resealed += moved;
    if (moved === 0) break;
  }
  // What a process that had not heard yet sealed in between is found by the pass that found nothing more.
  if (broken.size === 0)
    await sql`update kernel_data_key set emptied_at = ${systemClock.now()}
      where state = 'former' and emptied_at is null`.execute(db);
  return { key, resealed, broken: [...broken.values()] };
}

/** The key to seal with: the one of a rotation that didn't end, else a new one, announced before it is used. */
async function nextKey(db: Db, config: KekConfig, settleMs: number): Promise<number> {
  const announced = await transact(db, async (tx) => {
    await turns(tx);
    const rows = await tx.selectFrom('kernel_data_key').selectAll().orderBy('id').execute();
    const waiting = rows.find(({ state }) => state === 'announced');
    if (waiting) return waiting.id;
    if (rows.some(({ state, emptied_at }) => state === 'former' && emptied_at === null)) return null;
    const id = rows.at(-1)!.id + 1;
    const keks = keksOf(config);
    await putKey(tx, keks[0]!, id, 'announced', randomBytes(32));
    await signal(tx, KEYS_CHANGED);
    return id;
  });
  if (announced !== null) {
    await setTimeout(settleMs);
    await transact(db, async (tx) => {
      await turns(tx);
      await sql`update kernel_data_key set state = 'former' where state = 'current'
        and exists (select 1 from kernel_data_key where id = ${announced} and state = 'announced')`.execute(
        tx,
      );
      await sql`update kernel_data_key set state = 'current'
        where id = ${announced} and state = 'announced'`.execute(tx);
      await signal(tx, KEYS_CHANGED);
    });
  }
  const current = await db
    .selectFrom('kernel_data_key')
    .select('id')
    .where('state', '=', 'current')
    .executeTakeFirstOrThrow();
  return current.id;
}

/** Two rotations at once take turns, and so use one key. */
async function turns(tx: Tx): Promise<void> {
  await tx.selectFrom('kernel_deployment').select('id').forUpdate().execute();
}

interface Pass {
  column: SealedColumn;
  key: number;
  batch: number;
  broken: Map<string, Rotated['broken'][number]>;
  onBatch: RotateOptions['onBatch'];
}

/** Once through the table in the order in which it lies on the disk. Returns how many values were sealed anew. */
async function resealColumn(db: Db, sealer: Sealer, pass: Pass): Promise<number> {
  const { table, column } = pass.column;
  let after = '(0,0)';
  let done = 0;
  for (;;) {
    const { rows, last, resealed } = await transact(db, (tx) => resealBatch(tx, sealer, pass, after));
    done += resealed;
    if (rows > 0) pass.onBatch?.({ table, column, rows });
    if (last === null) return done;
    after = last;
  }
}

async function resealBatch(tx: Tx, sealer: Sealer, pass: Pass, after: string) {
  const { table, column, key, owner } = pass.column;
  const value = sql.ref(column);
  const head = Buffer.alloc(5);
  head[0] = 2;
  head.writeUInt32BE(pass.key, 1);
  // Somebody else's row is left to them: what they write is sealed by the new key.
  const { rows } = await sql<Record<string, string> & { sealed_: Buffer; at_: string }>`
    select ctid::text as at_, ${value} as sealed_,
      ${sql.join(key.map((name) => sql`${sql.ref(name)}::text as ${sql.ref(name)}`))}
    from ${sql.table(table)}
    where ctid > ${after}::tid and length(${value}) > 0 and substr(${value}, 1, 5) <> ${head}
    order by ctid limit ${pass.batch} for update skip locked`.execute(tx);
  let resealed = 0;
  for (const row of rows) {
    const again = reseal(sealer, row.sealed_, owner(row));
    const named = key.map((name) => row[name]).join(' ');
    if (!again) pass.broken.set(`${table}.${column} ${named}`, { table, column, row: named });
    else {
      const at = sql.join(
        key.map((name) => sql`${sql.ref(name)}::text = ${row[name]}`),
        sql` and `,
      );
      await sql`update ${sql.table(table)} set ${value} = ${again} where ctid = ${row.at_}::tid and ${at}`.execute(
        tx,
      );
      resealed += 1;
    }
  }
  return {
    rows: rows.length,
    resealed,
    last: rows.length < pass.batch ? null : (rows.at(-1)?.at_ ?? null),
  };
}

/** Null when it doesn't open. A key that isn't known is no damage: the rotation must not go on. */
function reseal(sealer: Sealer, sealed: Buffer, owner: string): Buffer | null {
  let plain: string;
  try {
    plain = sealer.open(sealed, owner);
  } catch (error) {
    if (error instanceof UnknownKeyError) throw error;
    return null;
  }
  return sealer.seal(plain, owner);
}
