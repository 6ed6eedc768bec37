import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { fill, type LocalizedText } from '#kernel/text.ts';
import { naturalDay } from '#kernel/time.ts';
import { owedBy } from '#modules/debts/index.ts';
import { casesOpen } from '#modules/enforcement/index.ts';
import { withdrawalsOpen } from '#modules/funds/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { balances } from '#modules/ledger/index.ts';
import { claimsOpen } from '#modules/liability/index.ts';
import { servicesAhead } from '#modules/lifecycle/index.ts';
import { paymentsOpen } from '#modules/payments/index.ts';
import { HARMLESS, OBSTACLES, type ObstacleKind } from './rules.ts';

export interface Obstacle {
  kind: ObstacleKind;
  /** Whether the account can't be deleted before it is gone; others are told beforehand. */
  blocks: boolean;
  text: LocalizedText;
}

/** What stands in the way of deleting, each with what to do about it; what merely should be known comes last. */
export async function obstacles(
  db: Db | Tx,
  brand: { id: string; zone: string },
  { userId, customerId }: { userId: string; customerId: string },
): Promise<Obstacle[]> {
  const found: Obstacle[] = [];
  const say = (kind: ObstacleKind, values: Record<string, string | number>) => {
    const { zh, en } = OBSTACLES[kind];
    found.push({
      kind,
      blocks: !HARMLESS.includes(kind),
      text: { zh: fill(zh, values), en: fill(en, values) },
    });
  };
  const owner = (await customerRead(db, customerId)).user_id === userId;
  if (!owner) {
    say('members', {});
    return found;
  }
  const services = await servicesAhead(db, brand.id, customerId);
  const living = services.filter(({ state }) => ['preparing', 'active', 'suspended'].includes(state));
  if (living.length > 0) say('services', { n: living.length });
  const kept = services.filter(({ state }) => !['preparing', 'active', 'suspended'].includes(state));
  if (kept.length > 0) {
    const last = Math.max(...kept.map(({ delete_at }) => delete_at?.getTime() ?? 0));
    say('kept_data', { n: kept.length, until: naturalDay(new Date(last), brand.zone) });
  }
  const { cash, gift, frozen } = await balances(db, brand.id, customerId);
  if (cash > 0n) say('balance', { amount: formatYuan(cash) });
  if (frozen > 0n) say('frozen', { amount: formatYuan(frozen) });
  const owed = await owedBy(db, brand.id, customerId);
  if (owed > 0n) say('owed', { amount: formatYuan(owed) });
  const payments = await paymentsOpen(db, customerId);
  if (payments > 0) say('payments', { n: payments });
  const withdrawals = await withdrawalsOpen(db, customerId);
  if (withdrawals > 0) say('withdrawals', { n: withdrawals });
  const cases = await casesOpen(db, customerId);
  if (cases > 0) say('cases', { n: cases });
  const claims = await claimsOpen(db, customerId);
  if (claims > 0) say('claims', { n: claims });
  if (gift > 0n) say('gifts', { amount: formatYuan(gift) });
  return found;
}
