import { factorReset, staffByEmail } from '#modules/staff/index.ts';
import { CommandError, command, UsageError } from './command.ts';
import { staffAct } from './staff-act.ts';

/** For whoever lost their second factor where no two colleagues are left to reset it in the back office. */
export const run = command({
  options: { data: { type: 'string' } },
  words: ['email'],
  run: async (values, [email]) => {
    if (!email) throw new UsageError('whose second factor? ./cloudpact staff-reset-factor EMAIL');
    await staffAct(values.data, 'staff-reset-factor', async (tx, ctx) => {
      const staffId = await staffByEmail(tx, email);
      if (!staffId) throw new CommandError(`there is no member of staff with the address ${email}`);
      await factorReset(tx, ctx, staffId);
    });
    process.stdout.write(
      `The second factor of ${email} is gone; the next sign-in sets up another 第二验证因素已移除，下次登录时重新设置\n`,
    );
    return 0;
  },
});
