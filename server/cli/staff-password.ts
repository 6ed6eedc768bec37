import { staffPassword } from '#modules/staff/index.ts';
import { CommandError, command, UsageError } from './command.ts';
import { staffActWithPassword } from './staff-act.ts';

/** Gives a member of staff a new password, for whoever missed the one that the first start printed. */
export const run = command({
  options: { data: { type: 'string' } },
  words: ['email'],
  run: async (values, [email]) => {
    if (!email) throw new UsageError('whose password? ./cloudpact staff-password EMAIL');
    const password = await staffActWithPassword(
      values.data,
      'staff-password',
      async (tx, ctx, passwordHash) => {
        const found = await staffPassword(tx, ctx, { email, passwordHash });
        if (!found) throw new CommandError(`there is no member of staff with the address ${email}`);
      },
    );
    process.stdout.write(
      `New password of ${email}, shown this once, for 72 hours, to choose an own one 新密码（72 小时内有效，仅显示一次，登录后须设置自己的密码）: ${password}\n`,
    );
    return 0;
  },
});
