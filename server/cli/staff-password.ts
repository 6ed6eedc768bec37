import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Brands } from '#kernel/brands.ts';
import { systemClock } from '#kernel/clock.ts';
import { connect, transact } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import { hashPassword, staffPassword } from '#modules/identity/index.ts';
import { CommandError, command, dataDirOf, PROJECT_ROOT, UsageError } from './command.ts';
import { openDatabase } from './own-database.ts';

/** Gives a member of staff a new password, for whoever missed the one that the first start printed. */
export const run = command({
  options: { data: { type: 'string' } },
  words: ['email'],
  run: async (values, [email]) => {
    if (!email) throw new UsageError('whose password? ./cloudpact staff-password EMAIL');
    const database = await openDatabase(dataDirOf(values.data));
    const password = randomBytes(12).toString('base64url');
    try {
      const { db, close } = connect(database.url, 2);
      try {
        const brand = Brands.load(join(PROJECT_ROOT, 'brands')).all[0]!;
        const actor = { kind: 'system', name: 'staff-password' } as const;
        const ctx = {
          now: systemClock.now(),
          brand,
          actor,
          locale: 'zh',
          bus: new Bus(),
          requestId: null,
          ip: null,
          userAgent: null,
        } as const;
        const passwordHash = await hashPassword(password, []);
        const found = await transact(db, (tx) => staffPassword(tx, ctx, { email, passwordHash }));
        if (!found) throw new CommandError(`there is no member of staff with the address ${email}`);
      } finally {
        await close();
      }
    } finally {
      await database.close();
    }
    process.stdout.write(`New password of ${email}, shown this once 新密码（仅显示一次）: ${password}\n`);
    return 0;
  },
});
