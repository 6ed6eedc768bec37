import { approvalDecide } from '#modules/approvals/approval-decide.ts';
import { appealDecide } from '#modules/enforcement/appeal.ts';
import { caseDecide } from '#modules/enforcement/case-decide.ts';
import { caseOpen } from '#modules/enforcement/case-open.ts';
import { inquiryAsk } from '#modules/enforcement/inquiry.ts';
import { type MeasureWanted, measurePlace } from '#modules/enforcement/measure-place.ts';
import { measureReverse } from '#modules/enforcement/measure-reverse.ts';
import { freezeDecide } from '#modules/funds/freeze-decide.ts';
import { freezePlace } from '#modules/funds/freeze-place.ts';
import type { Measure } from '#modules/terms/index.ts';
import { attempt, type Life } from './life.ts';
import type { Person } from './people.ts';
import type { View } from './survey.ts';

/** What staff do about customers: cases, measures, frozen money, and what they decide when they come to it. */

const CATEGORY: Record<string, string> = {
  ...{ lantian: 'e', asiayun: '9', wujiyun: 'abuse', yunfuwuqi: 'attack', qiniu: 'burden' },
};
/** What each brand's terms let staff do: what can be taken back, and what takes two of them. */
const LATER: Record<string, Measure[]> = {
  lantian: ['throttle', 'suspend'],
  asiayun: ['suspend', 'restrict', 'unbind-address'],
  wujiyun: ['suspend', 'restrict', 'unbind-address'],
  yunfuwuqi: ['suspend'],
  qiniu: ['throttle', 'suspend'],
};
const FINAL: Record<string, Measure[]> = {
  lantian: ['end', 'wipe'],
  asiayun: ['end', 'wipe', 'ban'],
  wujiyun: ['end', 'wipe', 'ban'],
  yunfuwuqi: ['end'],
  qiniu: ['end', 'wipe'],
};
const FREEZES: ReadonlySet<string> = new Set(['asiayun', 'wujiyun']);
/** The odds of each on a day of a thousand customers. */
const ODDS = { case: 3, freeze: 3 };

export async function staffAct(life: Life, views: ReadonlyMap<string, View>): Promise<void> {
  const scale = life.people.length / 1_000;
  if (life.dice.is(ODDS.case * scale)) await caseBegins(life, views);
  if (life.dice.is(ODDS.freeze * scale)) await moneyFreezes(life);
  if (life.dice.is(0.3)) await decisions(life);
}

async function caseBegins(life: Life, views: ReadonlyMap<string, View>): Promise<void> {
  const { dice } = life;
  const person = dice.pick(life.people);
  const by = { brand: person.brand, actor: life.staff[0] };
  const services = views.get(person.customerId)!.services;
  const serviceId = services.length > 0 ? dice.pick(services).id : null;
  const opened = await attempt(life, 'open case', by, (tx, ctx) =>
    caseOpen(tx, ctx, {
      customerId: person.customerId,
      serviceId,
      origin: 'staff',
      category: CATEGORY[person.brand]!,
      summary: 'seen by monitoring',
      evidence: [],
    }),
  );
  if (!opened) return;
  const { id: caseId } = opened;
  if (dice.is(0.3))
    await attempt(life, 'ask', by, (tx, ctx) => inquiryAsk(tx, ctx, { caseId, question: 'is it yours?' }));
  await measureTaken(life, person, { caseId, ...measureOf(life, person.brand) });
  if (dice.is(0.6)) return;
  const breach = dice.is(0.7);
  await attempt(life, breach ? 'breach' : 'no breach', by, (tx, ctx) =>
    caseDecide(tx, ctx, { id: caseId, breach, decision: 'looked at' }),
  );
  if (!breach || !dice.is(0.5)) return;
  const measure = dice.pick(FINAL[person.brand]!);
  await measureTaken(life, person, { caseId, measure });
  if (dice.is(0.8)) await secondAgrees(life, person);
}

function measureOf(life: Life, brand: string): Pick<MeasureWanted, 'measure' | 'details' | 'until'> {
  const { dice, world } = life;
  const measure = dice.pick(LATER[brand]!);
  const until = dice.is(0.3) ? new Date(+world.clock.now() + dice.whole(1, 20) * 86_400_000) : null;
  const acts = [dice.pick(['buy', 'renew'] as const)];
  return { measure, until, ...(measure === 'restrict' ? { details: { acts } } : {}) };
}

function measureTaken(life: Life, { brand }: Person, wanted: Omit<MeasureWanted, 'reason'>) {
  return attempt(life, `measure ${wanted.measure}`, { brand, actor: life.staff[0] }, (tx, ctx) =>
    measurePlace(tx, ctx, { ...wanted, reason: 'simulation' }),
  );
}

async function secondAgrees(life: Life, { brand, customerId }: Person): Promise<void> {
  const waiting = await life.world.server.house.db
    .selectFrom('approvals_request')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('state', '=', 'waiting')
    .execute();
  for (const { id } of waiting)
    await attempt(life, 'second agrees', { brand, actor: life.staff[1] }, (tx, ctx) =>
      approvalDecide(tx, ctx, { id, grant: true, reason: 'agreed' }),
    );
}

async function moneyFreezes(life: Life): Promise<void> {
  const { dice } = life;
  const held = life.people.filter(({ brand }) => FREEZES.has(brand));
  if (held.length === 0) return;
  const person = dice.pick(held);
  const reason = dice.pick(['5.4.1', '5.4.3', '5.4.7']);
  const amount = dice.is(0.5) ? null : BigInt(dice.whole(1, 50)) * 1_000_000n;
  await attempt(life, 'freeze money', { brand: person.brand, actor: life.staff[0] }, (tx, ctx) =>
    freezePlace(tx, ctx, { customerId: person.customerId, amount, reason, explanation: 'simulation' }),
  );
}

/** Somebody goes through what waits: appeals, open cases, standing measures, frozen money. */
async function decisions(life: Life): Promise<void> {
  const { dice } = life;
  const { db } = life.world.server.house;
  const [actor] = life.staff;
  const appeals = await db
    .selectFrom('enforcement_appeal')
    .select(['case_id', 'brand'])
    .where('state', '=', 'waiting')
    .orderBy('id')
    .execute();
  for (const { brand, case_id: caseId } of appeals) {
    const grant = dice.is(0.5);
    await attempt(life, grant ? 'grant appeal' : 'refuse appeal', { brand, actor }, (tx, ctx) =>
      appealDecide(tx, ctx, { caseId, grant, decision: 'looked at again' }),
    );
  }
  const cases = await db
    .selectFrom('enforcement_case')
    .select(['id', 'brand'])
    .where('state', '=', 'open')
    .orderBy('id')
    .execute();
  for (const { id, brand } of cases)
    if (dice.is(0.2)) {
      const breach = dice.is(0.5);
      await attempt(life, breach ? 'breach' : 'no breach', { brand, actor }, (tx, ctx) =>
        caseDecide(tx, ctx, { id, breach, decision: 'looked at' }),
      );
    }
  const measures = await db
    .selectFrom('enforcement_measure')
    .select(['id', 'brand'])
    .where('state', '=', 'standing')
    .orderBy('id')
    .execute();
  for (const { id, brand } of measures)
    if (dice.is(0.1))
      await attempt(life, 'reverse measure', { brand, actor }, (tx, ctx) =>
        measureReverse(tx, ctx, { id, reason: 'mended' }),
      );
  const freezes = await db
    .selectFrom('funds_freeze')
    .select(['id', 'brand'])
    .where('state', 'in', ['frozen', 'appealed', 'held'])
    .orderBy('id')
    .execute();
  for (const { id, brand } of freezes)
    if (dice.is(0.15)) {
      const outcome = dice.pick(['lift', 'lift', 'hold'] as const);
      await attempt(life, `freeze ${outcome}`, { brand, actor }, (tx, ctx) =>
        freezeDecide(tx, ctx, { id, outcome, reason: 'looked at' }),
      );
    }
}
