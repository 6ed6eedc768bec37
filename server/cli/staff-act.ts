import { join } from 'node:path';
import { Brands } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { connect, type Tx, transact } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import { hashPassword } from '#modules/identity/index.ts';
import { newPassword } from '#modules/staff/index.ts';
import { subscribeAll } from '#server/subscribe-all.ts';
import { dataDirOf, PROJECT_ROOT } from './command.ts';
import { commandCtx } from './command-ctx.ts';
import { openDatabase } from './own-database.ts';

/** Does something to an account of staff in one transaction; whoever it concerns is told as if the server had done it. */
export async function staffAct(
  dataDir: string | undefined,
  name: string,
  work: (tx: Tx, ctx: Ctx) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(dataDirOf(dataDir));
  try {
    const { db, close } = connect(database.url, 2);
    try {
      const bus = new Bus();
      subscribeAll(bus);
      const brand = Brands.load(join(PROJECT_ROOT, 'brands')).all[0]!;
      await transact(db, (tx) => work(tx, commandCtx(brand, name, bus)));
    } finally {
      await close();
    }
  } finally {
    await database.close();
  }
}

/** The same with a fresh password, which is answered. */
export async function staffActWithPassword(
  dataDir: string | undefined,
  name: string,
  work: (tx: Tx, ctx: Ctx, passwordHash: string) => Promise<void>,
): Promise<string> {
  const password = newPassword();
  const passwordHash = await hashPassword(password, []);
  await staffAct(dataDir, name, (tx, ctx) => work(tx, ctx, passwordHash));
  return password;
}
