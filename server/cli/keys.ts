import { readConfig } from '#kernel/config.ts';
import { connect, type Db } from '#kernel/db.ts';
import { Sealer } from '#kernel/seal.ts';
import { readKeys, rewrapKeys, settleKek } from '#kernel/seal-keys.ts';
import { rotateKeys } from '#kernel/seal-rotate.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { command, dataDirOf, UsageError } from './command.ts';
import { openDatabase } from './own-database.ts';

/**
 * `keys rotate`: a new data key, every sealed value sealed anew by it; `--kek`: a new key-encryption key, which touches
 * the data keys alone. `keys status`: which keys there are. All while the system runs. Exit code 1: values don't open.
 */
export const run = command({
  options: { data: { type: 'string' }, kek: { type: 'boolean' } },
  words: ['what'],
  run: async (values, [what]) => {
    if (what !== 'rotate' && what !== 'status')
      throw new UsageError("what of the keys? './cloudpact keys rotate' or './cloudpact keys status'");
    const dataDir = dataDirOf(values.data);
    const database = await openDatabase(dataDir);
    try {
      const env = { ...process.env, CLOUDPACT_DATA_DIR: dataDir, DATABASE_URL: database.url };
      const config = readConfig(env);
      const { db, close } = connect(database.url, 2);
      try {
        if (what === 'status') return await tell(db);
        return values.kek ? await newKek(db, config) : await newDataKey(db, config);
      } finally {
        await close();
      }
    } finally {
      await database.close();
    }
  },
});

type Config = ReturnType<typeof readConfig>;

async function newKek(db: Db, config: Config): Promise<number> {
  const count = await rewrapKeys(db, config);
  process.stdout.write(
    `${count} data keys are wrapped by a new key-encryption key. 数据密钥已改由新的主密钥包裹。\n`,
  );
  if (config.sealKey)
    process.stdout.write('Now make CLOUDPACT_SEAL_KEY what CLOUDPACT_SEAL_KEY_NEXT is. 请更新环境变量。\n');
  else process.stdout.write(`It lies in ${config.sealKeyFile}: back it up. 请备份该文件。\n`);
  return 0;
}

async function newDataKey(db: Db, config: Config): Promise<number> {
  await settleKek(db, config);
  const sealer = new Sealer(await readKeys(db, config));
  const { key, resealed, broken } = await rotateKeys(db, config, sealer, { columns: SEALED_COLUMNS });
  process.stdout.write(`Data key ${key} seals; ${resealed} values were sealed anew. 已重新封存。\n`);
  for (const { table, column, row } of broken)
    process.stdout.write(`DOES NOT OPEN 无法打开: ${table}.${column} ${row}\n`);
  return broken.length > 0 ? 1 : 0;
}

async function tell(db: Db): Promise<number> {
  const keys = await db
    .selectFrom('kernel_data_key')
    .select(['id', 'state', 'kek', 'created_at', 'emptied_at'])
    .orderBy('id')
    .execute();
  for (const { id, state, kek, created_at, emptied_at } of keys) {
    const emptied = emptied_at ? `, seals nothing since ${emptied_at.toISOString()}` : '';
    process.stdout.write(`${id} ${state}, wrapped by ${kek}, made ${created_at.toISOString()}${emptied}\n`);
  }
  return 0;
}
