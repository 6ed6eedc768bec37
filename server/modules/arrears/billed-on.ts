import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { arrearsStates } from './arrears-state.ts';
import { customerPolicies } from './policy.ts';

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
  const frozen = [...states].filter(([, state]) => state === 'frozen').map(([customerId]) => customerId);
  if (frozen.length === 0) return;
  const policies = await customerPolicies(tx, frozen, ctx.now);
  const entries = owing.flatMap(({ id, customerId, product, amount, paid, periodStart, periodEnd }) => {
    const policy = policies.get(customerId);
    if (!policy?.parameters.storage_after_expiry) return [];
    return {
      action: 'account.billed-on',
      subject: { kind: 'charge', id },
      customerId,
      clause: policy.clauseOf('storage_after_expiry'),
      facts: {
        product,
        amount: formatYuan(amount),
        owed: formatYuan(amount - paid.cash - paid.gift),
        from: periodStart.toISOString(),
        to: periodEnd.toISOString(),
      },
    };
  });
  await auditRecordAll(tx, ctx, entries);
}
