import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { arrearsStates } from './arrears-state.ts';
import { customerPolicy } from './policy.ts';

interface Owing {
  id: string;
  customerId: string;
  product: string;
  amount: Micro;
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
}

/** What is taken up by frozen accounts was charged on (七牛云 7.2), and couldn't be paid: on record with its clause. */
export async function billedOn(tx: Tx, ctx: Ctx, owing: readonly Owing[]): Promise<void> {
  const states = await arrearsStates(tx, [...new Set(owing.map(({ customerId }) => customerId))]);
  for (const [customerId, state] of states) {
    const policy = state === 'frozen' ? await customerPolicy(tx, customerId, ctx.now) : null;
    if (!policy?.parameters.storage_after_expiry) continue;
    const clause = policy.clauseOf('storage_after_expiry');
    await auditRecordAll(
      tx,
      ctx,
      owing
        .filter((charge) => charge.customerId === customerId)
        .map(({ id, product, amount, paid, periodStart, periodEnd }) => ({
          action: 'account.billed-on',
          subject: { kind: 'charge', id },
          customerId,
          clause,
          facts: {
            product,
            amount: formatYuan(amount),
            owed: formatYuan(amount - paid.cash - paid.gift),
            from: periodStart.toISOString(),
            to: periodEnd.toISOString(),
          },
        })),
    );
  }
}
