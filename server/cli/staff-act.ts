import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Brands } from '#kernel/brands.ts';
import { systemClock } from '#kernel/clock.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { connect, type Tx, transact } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import { hashPassword } from '#modules/identity/index.ts';
import { dataDirOf, PROJECT_ROOT } from './command.ts';
import { openDatabase } from './own-database.ts';

/** Does something to an account of staff with a fresh password, in one transaction, and answers that password. */
export async function staffAct(
  dataDir: string | undefined,
  name: string,
  work: (tx: Tx, ctx: Ctx, passwordHash: string) => Promise<void>,
): Promise<string> {
  const database = await openDatabase(dataDirOf(dataDir));
  try {
    const { db, close } = connect(database.url, 2);
    try {
      const ctx: Ctx = {
        now: systemClock.now(),
        brand: Brands.load(join(PROJECT_ROOT, 'brands')).all[0]!,
        actor: { kind: 'system', name },
        locale: 'zh',
        bus: new Bus(),
        requestId: null,
        ip: null,
        userAgent: null,
      };
      const password = randomBytes(12).toString('base64url');
      const passwordHash = await hashPassword(password, []);
      await transact(db, (tx) => work(tx, ctx, passwordHash));
      return password;
    } finally {
      await close();
    }
  } finally {
    await database.close();
  }
}
