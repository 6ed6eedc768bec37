import { transactReading } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { type Forecast, forecast, type Line } from '#modules/forecast/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type StaffApi, staffMember } from './staff.ts';
import { PASSWORD_ACCESS } from './world.ts';

/** What was foretold of a customer, and what became of it, in one form. */

export const ZONE = 'Asia/Shanghai';
export const DAYS = 90;
const PLANS: Record<string, { plan: string; region: string }> = {
  lantian: { plan: 'nat-s', region: 'hk' },
  asiayun: { plan: 'ay-1', region: 'hk' },
  wujiyun: { plan: 'ay-1', region: 'hk' },
  yunfuwuqi: { plan: 'cs-1', region: 'sg' },
};

/** What the system does that isn't of a customer's next days: books, papers and machines. */
const APART =
  /^(accrual|invoice|credit-note|order\.refunded|instance|certificate|statement|document|service\.erasure-certified|usage-subject)/;
/** What a forecast says and nothing is written of when it comes. */
export const SAID_ONLY = new Set(['service.price-moves', 'move.window', 'service.not-renewed']);

export interface Happening {
  at: string;
  act: string;
  subject: string;
  clause: string | null;
  amount: string | null;
}

/** Two lists of these compare without regard to order. */
export const inOrder = (happenings: Happening[]) => happenings.map((one) => JSON.stringify(one)).sort();

let staffs = 0;

export class Customer {
  readonly world: World;
  readonly brand: string;
  readonly story: StoryCustomer;
  readonly url: string;
  id = '';
  foretold: Forecast | undefined;

  constructor(world: World, brand: string) {
    this.world = world;
    this.brand = brand;
    const { brands } = world.server.house;
    this.url = brands.url(brands.get(brand), world.url);
    this.story = new StoryCustomer(this.url);
  }

  async ready(balance: string): Promise<this> {
    await this.story.getReady(balance);
    this.id = (await ok(this.story.api.GET('/api/v1/auth/session'))).customer.id;
    return this;
  }

  async buy(more: Record<string, unknown> = {}): Promise<string> {
    const id = await this.story.order({ ...PLANS[this.brand], access: PASSWORD_ACCESS, ...more } as never);
    await this.story.until(id, ({ state }) => state === 'active');
    return id;
  }

  autoRenew(id: string, months = 1) {
    const params = { path: { id } };
    return ok(this.story.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months } }));
  }

  staff(): Promise<StaffApi> {
    return staffMember(this.world, `desk-${++staffs}`, this.url);
  }

  /** In a transaction that can't write, as the routes ask. */
  look(): Promise<Forecast> {
    const { house } = this.world.server;
    const ctx = { ...systemCtx(house, this.brand, 'test'), now: this.world.clock.now() };
    return transactReading(house.db, (tx) => forecast(tx, ctx, this.id, DAYS));
  }

  async happened({ from, until }: Forecast): Promise<Happening[]> {
    const rows = await this.world.server.house.db
      .selectFrom('audit_event')
      .selectAll()
      .where('customer_id', '=', this.id)
      .where('actor_kind', '=', 'system')
      .where('at', '>', from)
      .where('at', '<=', until)
      .orderBy('id')
      .execute();
    const own = rows
      .filter(({ action }) => !APART.test(action))
      .map((row) => ({
        at: row.at.toISOString(),
        act: row.action,
        subject: subjectOf(row.action, row.subject_id),
        clause: row.clause_id,
        amount: amountIn(row.action, row.facts as Record<string, unknown>),
      }));
    return [...own, ...(await this.#revised(from, until))];
  }

  /** What came to hold for the brand, by the clause of the version that it replaced. */
  async #revised(from: Date, until: Date): Promise<Happening[]> {
    const rows = await this.world.server.house.db
      .selectFrom('terms_revision')
      .select(['version', 'clause_id', 'in_force_at'])
      .where('brand', '=', this.brand)
      .where('in_force_at', '>', from)
      .where('in_force_at', '<=', until)
      .execute();
    return rows.map(({ version, clause_id: clause, in_force_at }) => {
      const at = in_force_at!.toISOString();
      return { at, act: 'terms.in-force', subject: version, clause, amount: null };
    });
  }
}

/** What comes to be on the way has no id yet. */
function subjectOf(act: string, id: string | null): string {
  const isNew = /^(bill|debt)\.|^(case\.opened|measure\.ban|restriction\.placed)$/.test(act);
  return isNew && act !== 'bill.not-issued' ? '' : (id ?? '');
}

const AMOUNTS: Record<string, string> = {
  'service.suspended': 'unpaid',
  'service.renewed': 'amount',
  'service.restored': 'amount',
  'service.ended': 'refunded',
  'bill.issued': 'owed',
  'bill.reminded': 'owed',
  'bill.overdue': 'owed',
  'bill.service-ended': 'owed',
  'debt.late-fee': 'fee',
  'gift.expired': 'left',
  'funds.held': 'amount',
};

function amountIn(act: string, facts: Record<string, unknown>): string | null {
  if (act.startsWith('debt.settled') || act === 'debt.paid-in-part')
    return formatYuan(parseYuan(String(facts.principal)) + parseYuan(String(facts.fee)));
  const amount = facts[AMOUNTS[act] ?? ''];
  return amount === undefined || amount === '0.00' ? null : String(amount);
}

export function said({ at, act, subject, cited, amount }: Line): Happening {
  const known = (AMOUNTS[act] !== undefined || /^debt\./.test(act)) && amount !== null && amount > 0n;
  return {
    at: at.toISOString(),
    act,
    subject: subjectOf(act, subject.id),
    clause: cited?.id ?? null,
    amount: known ? formatYuan(amount) : null,
  };
}
