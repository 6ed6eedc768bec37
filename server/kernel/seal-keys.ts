import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { sql } from 'kysely';
import { type Config, ConfigError, sealKey } from './config.ts';
import { type Db, signal, type Tx, transact } from './db.ts';
import { type KeyRing, Sealer } from './seal.ts';
import type { Signals } from './signals.ts';

/**
 * Envelope keys: data keys seal the columns and lie in the database, wrapped by a key-encryption key (KEK) that only the
 * configuration has. A new KEK wraps the data keys anew and touches no row.
 */

declare module './db.ts' {
  interface Tables {
    kernel_data_key: DataKeyTable;
    kernel_deployment: { id: string; seal_fingerprint: string | null };
  }
}

interface DataKeyTable {
  id: number;
  state: 'fingerprint' | 'announced' | 'current' | 'former';
  wrapped: Buffer;
  kek: string;
  created_at: Date;
  emptied_at: Date | null;
}

/** Whoever keeps keys in memory reads them again. */
export const KEYS_CHANGED = 'seal-keys';
const LEGACY_FINGERPRINT = 'digest\0seal key';

type KekConfig = Pick<Config, 'sealKeyFile' | 'sealKey' | 'sealKeyNext'>;

/** The KEK in force, and the next one while it is being changed. */
export function keksOf(config: KekConfig): Buffer[] {
  const next = config.sealKey ? config.sealKeyNext : nextFile(config.sealKeyFile);
  return [config.sealKey ?? sealKey(config.sealKeyFile), ...(next ? [next] : [])];
}

function nextFile(path: string): Buffer | null {
  return existsSync(`${path}.next`) ? sealKey(`${path}.next`) : null;
}

/** Names a KEK without telling it. */
export function kekName(kek: Buffer): string {
  return createHmac('sha256', kek).update('cloudpact kek').digest('hex').slice(0, 16);
}

function wrapKey(kek: Buffer, id: number, key: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', kek, nonce).setAAD(Buffer.from(`data-key:${id}`));
  const body = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function unwrapKey(kek: Buffer, id: number, wrapped: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', kek, wrapped.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(`data-key:${id}`)).setAuthTag(wrapped.subarray(12, 28));
  return Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
}

function openedBy(keks: Buffer[], row: { id: number; wrapped: Buffer; kek: string }, where: string): Buffer {
  const kek = keks.find((one) => kekName(one) === row.kek);
  if (!kek)
    throw new ConfigError(`${where} is not the sealing key that this database knows; put that one back`);
  return unwrapKey(kek, row.id, row.wrapped);
}

const keyPlace = (config: KekConfig) => (config.sealKey ? 'CLOUDPACT_SEAL_KEY' : config.sealKeyFile);

/** The ring as the database has it; a deployment's first keys are made here. Throws ConfigError for a foreign KEK. */
export async function readKeys(db: Db, config: KekConfig): Promise<KeyRing> {
  const keks = keksOf(config);
  const read = () => db.selectFrom('kernel_data_key').selectAll().orderBy('id').execute();
  let rows = await read();
  if (rows.length === 0) {
    await transact(db, (tx) => firstKeys(tx, keks[0]!, keyPlace(config)));
    rows = await read();
  }
  const opened = rows.map((row) => ({ ...row, key: openedBy(keks, row, keyPlace(config)) }));
  return {
    fingerprint: opened.find(({ id }) => id === 0)!.key,
    seals: new Map(opened.filter(({ id }) => id > 0).map(({ id, key }) => [id, key])),
    current: opened.find(({ state }) => state === 'current')!.id,
  };
}

/** A database from before data keys was sealed by what is its KEK now, which so becomes data key 1 and fingerprints. */
async function firstKeys(tx: Tx, kek: Buffer, where: string): Promise<void> {
  const { seal_fingerprint: known } = await tx
    .selectFrom('kernel_deployment')
    .select('seal_fingerprint')
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (await tx.selectFrom('kernel_data_key').select('id').executeTakeFirst()) return;
  if (known !== null && known !== createHmac('sha256', kek).update(LEGACY_FINGERPRINT).digest('hex'))
    throw new ConfigError(`${where} is not the sealing key that this database began with; put that one back`);
  await putKey(tx, kek, 0, 'fingerprint', known ? kek : randomBytes(32));
  await putKey(tx, kek, 1, 'current', known ? kek : randomBytes(32));
}

export async function putKey(
  tx: Tx,
  kek: Buffer,
  id: number,
  state: DataKeyTable['state'],
  key: Buffer,
): Promise<void> {
  const wrapped = wrapKey(kek, id, key);
  await sql`insert into kernel_data_key (id, state, wrapped, kek)
    values (${id}, ${state}, ${wrapped}, ${kekName(kek)})`.execute(tx);
}

/** A sealer that follows the database: it reads the keys again at a signal, and when a value names one it doesn't know. */
export async function openSealer(
  db: Db,
  config: KekConfig,
  signals: Signals,
  failed: (error: unknown) => void,
): Promise<{ sealer: Sealer; close(): void }> {
  await settleKek(db, config);
  const sealer = new Sealer(await readKeys(db, config));
  const reread = () => void readKeys(db, config).then((ring) => sealer.become(ring), failed);
  sealer.onUnknown = reread;
  return { sealer, close: signals.listen(KEYS_CHANGED, reread) };
}

/**
 * Wraps all data keys by a new KEK. In a file: the next one lies beside it until all are wrapped anew, so that whoever
 * stops in the middle finds the right one at the next start. By the environment: `CLOUDPACT_SEAL_KEY_NEXT`, which the
 * operator then makes `CLOUDPACT_SEAL_KEY`. Returns how many data keys there are.
 */
export async function rewrapKeys(db: Db, config: KekConfig): Promise<number> {
  if (config.sealKey && !config.sealKeyNext) throw new ConfigError('also set CLOUDPACT_SEAL_KEY_NEXT');
  if (!config.sealKey) {
    await settleKek(db, config);
    if (!existsSync(`${config.sealKeyFile}.next`)) writeKek(`${config.sealKeyFile}.next`);
  }
  const keks = keksOf(config);
  const next = keks[1]!;
  const count = await transact(db, async (tx) => {
    const rows = await tx.selectFrom('kernel_data_key').selectAll().forUpdate().execute();
    for (const row of rows) {
      const key = openedBy(keks, row, keyPlace(config));
      await tx
        .updateTable('kernel_data_key')
        .set({ wrapped: wrapKey(next, row.id, key), kek: kekName(next) })
        .where('id', '=', row.id)
        .execute();
    }
    await signal(tx, KEYS_CHANGED);
    return rows.length;
  });
  await settleKek(db, config);
  return count;
}

/** On the disk before anything is wrapped by it: a KEK that a power cut takes away takes all with it. */
function writeKek(path: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The next KEK takes its place once the database says that it wraps; one that doesn't yet stays beside it. */
export async function settleKek(db: Db, config: KekConfig): Promise<void> {
  const { sealKeyFile: file } = config;
  const next = config.sealKey ? null : nextFile(file);
  if (!next) return;
  const row = await db.selectFrom('kernel_data_key').select('kek').where('id', '=', 0).executeTakeFirst();
  if (row?.kek !== kekName(next)) return;
  try {
    renameSync(`${file}.next`, file);
  } catch (error) {
    // Another process did the same at this moment.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
