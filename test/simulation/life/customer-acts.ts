import { newId } from '#kernel/ids.ts';
import { accountRestart } from '#modules/arrears/account-restart.ts';
import { ordersPlace } from '#modules/billing/index.ts';
import { billChoose } from '#modules/bills/bill-choose.ts';
import { billPay } from '#modules/bills/bill-settle.ts';
import { sealAccess } from '#modules/compute/access.ts';
import { appealFile } from '#modules/enforcement/appeal.ts';
import { inquiryAnswer } from '#modules/enforcement/inquiry.ts';
import { freezeAppeal } from '#modules/funds/freeze-appeal.ts';
import { autoRenewSet } from '#modules/lifecycle/index.ts';
import { serviceChange } from '#modules/lifecycle/service-change.ts';
import { serviceEnd } from '#modules/lifecycle/service-end.ts';
import { serviceRenew } from '#modules/lifecycle/service-renew.ts';
import type { Service } from '#modules/lifecycle/service-row.ts';
import { subjectClose, subjectOpen } from '#modules/metering/index.ts';
import { endRightUse } from '#modules/outages/end-right-use.ts';
import { termsDisagree } from '#modules/revisions/disagreement.ts';
import { gateStanding, termsUse } from '#modules/revisions/index.ts';
import { revisionFacing } from '#modules/terms/index.ts';
import { packageBuy } from '#modules/usage/usage-package.ts';
import { attempt, type Life } from './life.ts';
import { type Person, termsAgree, topUp } from './people.ts';
import type { View } from './survey.ts';

/** What customers do when they look at their console. */

interface Act {
  weight: number;
  run: () => Promise<unknown>;
}

const SOLD: Record<string, { plans: string[]; months: number[] }> = {
  lantian: { plans: ['nat-s', 'nat-m', 'nat-l'], months: [1] },
  asiayun: { plans: ['ay-1', 'ay-2'], months: [1, 1, 3, 6, 12] },
  wujiyun: { plans: ['ay-1', 'ay-2'], months: [1, 1, 3, 6, 12] },
  yunfuwuqi: { plans: ['cs-1', 'cs-2'], months: [1, 1, 3, 12] },
};
const ABROAD: Record<string, string> = { lantian: 'hk', asiayun: 'hk', wujiyun: 'hk', yunfuwuqi: 'sg' };
const ACCESS = { type: 'password', password: 'Plum-rain-and-9-geese' } as const;
const YUAN = 1_000_000n;
const DAY_MS = 86_400_000;

/** One thing, or nothing, by what there is to do. */
export async function personActs(life: Life, person: Person, view: View): Promise<void> {
  await meetsTerms(life, person);
  const acts = [...duties(life, person, view), ...wishes(life, person, view)];
  await life.dice.weighed(acts)?.run();
}

/** A revision that is asked about is accepted, disagreed with, or left for another day. */
async function meetsTerms(life: Life, person: Person): Promise<void> {
  const { dice, world } = life;
  const { db } = world.server.house;
  const facing = await revisionFacing(db, person.brand, person.customerId, world.clock.now());
  if (!facing) return;
  if (dice.is(0.05)) await attempt(life, 'disagree', person, termsDisagree);
  else if (dice.is(person.diligent)) await termsAgree(life, person);
}

/** What is asked of it. */
function duties(life: Life, person: Person, view: View): Act[] {
  const { customerId, diligent } = person;
  const weight = diligent * 4;
  const soon = world(life) + 8 * DAY_MS;
  return [
    ...view.services
      .filter(({ state, period_end }) => state === 'suspended' || (state === 'active' && +period_end < soon))
      .map((service) => ({ weight, run: () => renew(life, person, view, service) })),
    ...view.bills.map(({ id }) => ({
      weight: weight / 2,
      run: async () => {
        if (life.dice.is(0.7)) await topUp(life, person, BigInt(life.dice.whole(2, 30)) * 10n * YUAN);
        await attempt(life, 'pay bill', person, (tx, ctx) => billPay(tx, ctx, { customerId, id }));
      },
    })),
    ...view.freezes.map((id) => ({
      weight: 3,
      run: () =>
        attempt(life, 'appeal freeze', person, (tx, ctx) => freezeAppeal(tx, ctx, { id, text: 'mine' })),
    })),
    ...view.inquiries.map((id) => ({
      weight: 3,
      run: () =>
        attempt(life, 'answer', person, (tx, ctx) => inquiryAnswer(tx, ctx, { id, answer: 'it is mine' })),
    })),
    ...view.breaches.map((caseId) => ({
      weight: 1,
      run: () =>
        attempt(life, 'appeal case', person, (tx, ctx) => appealFile(tx, ctx, { caseId, text: 'it wasn’t' })),
    })),
    ...view.rights.map((subjectId) => ({
      weight: 1,
      run: () =>
        attempt(life, 'use end right', person, (tx, ctx) => endRightUse(tx, ctx, { customerId, subjectId })),
    })),
    { weight: view.account === 'frozen' ? weight : 0, run: () => topUp(life, person, 100n * YUAN) },
    { weight: view.account === 'ended' ? 2 : 0, run: () => beginAnew(life, person) },
  ];
}

function world(life: Life): number {
  return +life.world.clock.now();
}

/** What it likes. */
function wishes(life: Life, person: Person, view: View): Act[] {
  const { dice } = life;
  const living = view.services.filter(({ state }) => state === 'active');
  const poor = view.cash < 50n * YUAN;
  const all: Act[] = [
    { weight: poor ? 2 : 0.2, run: () => topUp(life, person, BigInt(dice.whole(1, 40)) * 10n * YUAN) },
  ];
  if (person.brand === 'qiniu') return [...all, ...meteredWishes(life, person, view)];
  const few = view.services.length < 3;
  all.push({ weight: view.services.length === 0 ? 4 : few ? 0.4 : 0, run: () => buy(life, person) });
  for (const service of living)
    all.push(
      { weight: 0.4, run: () => switchRenewal(life, person, service) },
      { weight: 0.3, run: () => change(life, person, service) },
      { weight: 0.1, run: () => end(life, person, service) },
      { weight: 0.1, run: () => use(life, person) },
    );
  return all;
}

const BUCKETS_OF_ONE = 4;

function meteredWishes(life: Life, person: Person, { subjects }: View): Act[] {
  const { customerId, no } = person;
  const product = 'object-storage';
  return [
    {
      weight: subjects.length === 0 ? 4 : subjects.length < BUCKETS_OF_ONE ? 0.3 : 0,
      run: () => {
        const name = `bucket-${no}-${person.subjects++}`;
        return attempt(life, 'open subject', person, (tx, ctx) =>
          subjectOpen(tx, ctx, { product, name, customerId }),
        );
      },
    },
    {
      weight: subjects.length > 1 ? 0.05 : 0,
      run: () => {
        const name = life.dice.pick(subjects);
        return attempt(life, 'close subject', person, (tx, ctx) => subjectClose(tx, ctx, { product, name }));
      },
    },
    {
      weight: 0.4,
      run: () =>
        attempt(life, 'buy package', person, async (tx, ctx) => {
          await gateStanding(tx, ctx, customerId);
          return packageBuy(tx, ctx, { customerId, product, package: 'store-1tb' });
        }),
    },
  ];
}

function buy(life: Life, person: Person) {
  const { dice } = life;
  const { customerId, brand } = person;
  const { plans, months } = SOLD[brand]!;
  const line = { plan: dice.pick(plans), region: ABROAD[brand]!, months: dice.pick(months) };
  const label = `vm-${person.no}-${dice.whole(1, 1_000_000)}`;
  return attempt(life, 'buy', person, async (tx, ctx) => {
    await gateStanding(tx, ctx, customerId);
    const serviceId = newId();
    const sealedAccess = sealAccess(life.world.server.house.sealer, serviceId, ACCESS);
    const configuration = { image: 'debian-12', hostname: label, sealedAccess };
    return ordersPlace(tx, ctx, {
      customerId,
      lines: [{ ...line, services: [{ serviceId, label, configuration }] }],
    });
  });
}

async function renew(life: Life, person: Person, view: View, service: Service): Promise<void> {
  const { dice } = life;
  const months = dice.pick(SOLD[person.brand]!.months);
  const cost = service.renewal_price_micro * BigInt(months);
  if (view.cash < cost && dice.is(0.8)) await topUp(life, person, ((cost + YUAN) / YUAN) * YUAN);
  await attempt(life, 'renew', person, async (tx, ctx) => {
    await gateStanding(tx, ctx, person.customerId);
    return serviceRenew(tx, ctx, { serviceId: service.id, months });
  });
}

function switchRenewal(life: Life, person: Person, { id: serviceId, auto_renew_months: was }: Service) {
  const { customerId } = person;
  const months = was === null || life.dice.is(0.2) ? 1 : null;
  if (person.brand === 'yunfuwuqi' && life.dice.is(0.6))
    return attempt(life, 'choose bills', person, (tx, ctx) =>
      billChoose(tx, ctx, { customerId, serviceId, months }),
    );
  return attempt(life, 'switch renewal', person, async (tx, ctx) => {
    await termsUse(tx, ctx, 'PUT /services/:id/auto-renewal');
    return autoRenewSet(tx, ctx, { serviceId, months });
  });
}

function change(life: Life, person: Person, { id: serviceId }: Service) {
  const plan = life.dice.pick(SOLD[person.brand]!.plans);
  return attempt(life, 'change plan', person, async (tx, ctx) => {
    await gateStanding(tx, ctx, person.customerId);
    return serviceChange(tx, ctx, { serviceId, to: { plan, options: {} } });
  });
}

function end(life: Life, person: Person, { id: serviceId }: Service) {
  const giveUp = life.dice.is(0.5);
  return attempt(life, 'end', person, (tx, ctx) => serviceEnd(tx, ctx, { serviceId, giveUp }));
}

function use(life: Life, person: Person) {
  return attempt(life, 'use', person, (tx, ctx) => termsUse(tx, ctx, 'POST /services/:id/power'));
}

/** After an end over arrears: what is owed is paid, the terms are accepted anew. */
async function beginAnew(life: Life, person: Person): Promise<void> {
  await topUp(life, person, 200n * YUAN);
  await termsAgree(life, person);
  await attempt(life, 'restart', person, (tx, ctx) => accountRestart(tx, ctx, person.customerId));
}
