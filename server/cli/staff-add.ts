import { z } from 'zod';
import { violated } from '#kernel/db.ts';
import { staffAdd } from '#modules/staff/index.ts';
import { CommandError, command, UsageError } from './command.ts';
import { staffActWithPassword } from './staff-act.ts';

/** Adds a member of staff: some acts (large withdrawals, write-offs, returning frozen money) take two of them. */
export const run = command({
  options: { data: { type: 'string' } },
  words: ['email', 'name'],
  run: async (values, [email, name]) => {
    if (!email || !name) throw new UsageError('who? ./cloudpact staff-add EMAIL NAME');
    if (!z.email().safeParse(email).success) throw new CommandError(`${email} is no e-mail address`);
    const password = await staffActWithPassword(values.data, 'staff-add', async (tx, ctx, passwordHash) => {
      try {
        await staffAdd(tx, ctx, { email, name, passwordHash, given: true });
      } catch (error) {
        if (!violated(error)) throw error;
        throw new CommandError(`${email} is a member of staff already`);
      }
    });
    process.stdout.write(
      `${name} <${email}> may sign in at /staff and sets up a second factor and an own password there 可登录后台，首次登录时设置两步验证和自己的密码；初始密码（72 小时内有效，仅显示一次）: ${password}\n`,
    );
    return 0;
  },
});
