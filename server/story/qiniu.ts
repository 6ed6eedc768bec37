import { randomUUID } from 'node:crypto';
import { addDays, addMinutes, naturalDay } from '#kernel/time.ts';
import { apiClient, ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { isDown, mayEnd } from './qiniu-outages.ts';
import { type Player, Scene } from './scene.ts';
import { expect, type Telling } from './telling.ts';

const PRODUCT = 'object-storage';
const GB = 1_073_741_824;
/** What the first keeps from its first day on, so that 100 yuan last some days. */
const KEPT_GB = 6_000;
/** What the others fetch at once, and what they keep: that costs nothing. */
const FETCHED_GB = 400;
const FREE_GB = 4;
/** The negotiated contract gives as many natural days as this instead of the agreement's. */
const NEGOTIATED_DAYS = 60;

/**
 * 七牛云: three customers use storage until their money is gone. One pays in time, one by a negotiated contract that
 * gives more time, one not at all; then what an outage gives back. Throws Deviation.
 */
export async function qiniuStory(world: World, telling: Telling): Promise<void> {
  const scene = new Scene(world, telling, 'qiniu');
  scene.chapter('Three customers');
  const [payer, debtor, negotiator] = [await comesIn(scene), await comesIn(scene), await comesIn(scene)];
  await negotiates(scene, negotiator);
  const meters = new Meters(scene);
  await uses(scene, meters, [payer, debtor, negotiator]);
  await isFrozen(scene, payer, 'the one who pays');
  await isFrozen(scene, debtor, 'the one who will not');
  await isFrozen(scene, negotiator, 'the one with a contract');
  await owesNoLateFee(scene, debtor);
  await paysInTime(scene, payer);
  await isDown(scene, payer);
  await mayEnd(scene, payer);
  await meters.send('storage.level', 'bucket-1', { bytes: 0, class: 'standard' });
  await isEnded(scene, debtor);
  await hasMoreTime(scene, negotiator);
  await isErased(scene, debtor);
}

async function comesIn(scene: Scene): Promise<Player> {
  const customer = await scene.join({ terms: '3.1.1', realName: null });
  await customer.topUp('100');
  scene.act(`topped up by Alipay: the balance is CNY ${await customer.balance()}`, '2.1');
  return customer;
}

async function negotiates(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('A service contract goes before the agreement');
  const signed = Buffer.from('%PDF-1.7\nsigned by both\n%%EOF').toString('base64');
  const staff = await scene.staff.one();
  const body = {
    number: 'HT-2026-001',
    title: '对象存储服务合同',
    parameters: {
      arrears: {
        clause: '3.2',
        freeze: 'balance-below-consumption',
        end_days: NEGOTIATED_DAYS,
        end_clause: '3.2',
        // biome-ignore lint/suspicious/noThenProperty: the file's own word
        then: 'end-and-delete',
        warn_days: 3,
        remind_days_before: [15, 7, 3, 1],
      },
    },
    clauses: [{ id: '3.2', text: `欠费冻结后保留 ${NEGOTIATED_DAYS} 个自然日。` }],
    valid_from: naturalDay(scene.now(), scene.zone),
    valid_to: null,
    reason: '销售总监签署',
    file: { name: '合同.pdf', content: signed },
  };
  const params = { path: { id: customer.id } };
  await ok(staff.POST('/api/v1/staff/customers/{id}/service-contracts', { params, body }));
  scene.act(`${body.number} recorded by one of the staff with its signed file`, '1.2');
  await scene.staff.decide(true);
  const [contract] = (await ok(customer.api.GET('/api/v1/service-contracts'))).items;
  expect(contract?.state === 'agreed', 'it holds when the second has agreed');
  scene.act(`${contract.number} is ${contract.state}; it goes before the agreement`, '11.1');
  await scene.tellLog(customer.id);
}

/** What the edges measure, sent as they send it: CloudEvents over HTTP with a token of the staff. */
class Meters {
  readonly #scene: Scene;
  #token: string | null = null;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async open(customer: Player, name: string): Promise<void> {
    const staff = await this.#scene.staff.one();
    const body = { product: PRODUCT, name, customer_id: customer.id };
    await ok(staff.POST('/api/v1/staff/usage/subjects', { body }));
  }

  async send(type: string, subject: string, data: Record<string, unknown>): Promise<void> {
    if (!this.#token) {
      const staff = await this.#scene.staff.one();
      this.#token = (await ok(staff.POST('/api/v1/staff/usage/tokens', { body: { name: 'edge' } }))).token;
    }
    const time = this.#scene.now().toISOString();
    const event = { specversion: '1.0', id: randomUUID(), source: '/edges/1', type, subject, time, data };
    const edge = apiClient(this.#scene.site);
    const { response } = await edge.POST('/api/v1/usage/events', {
      body: [event] as never,
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        authorization: `Bearer ${this.#token}`,
      },
    });
    expect(response.ok, `the event is taken (${response.status})`);
  }
}

async function uses(scene: Scene, meters: Meters, customers: Player[]): Promise<void> {
  scene.chapter('What is used is measured, and charged each day');
  for (const [i, customer] of customers.entries()) {
    const [kept, fetched] = i === 0 ? [KEPT_GB, 20] : [FREE_GB, 20];
    await meters.open(customer, `bucket-${i + 1}`);
    await meters.send('storage.level', `bucket-${i + 1}`, { bytes: kept * GB, class: 'standard' });
    await meters.send('storage.egress', `bucket-${i + 1}`, { bytes: fetched * GB });
    scene.act(`bucket-${i + 1} keeps ${kept} GB and sent ${fetched} GB out: CloudEvents from the edges`);
  }
  await scene.days(1);
  await scene.moveTo(addMinutes(scene.now(), 5));
  const [first] = customers;
  const charges = (await ok(first!.api.GET('/api/v1/usage/charges'))).items;
  expect(charges.length > 0, 'there are charges');
  for (const { meter, quantity, amount } of charges)
    scene.act(`charged: ${meter}, ${quantity}, CNY ${amount}`, '2.1');
  scene.act(`the balance of ${first!.email} is CNY ${await first!.balance()}`, '2.1');
  for (const bucket of ['bucket-2', 'bucket-3'])
    await meters.send('storage.egress', bucket, { bytes: FETCHED_GB * GB });
  scene.act(`${FETCHED_GB} GB were fetched from each of the other two: more than their money pays`);
}

const accountOf = async (customer: Player) => (await ok(customer.api.GET('/api/v1/arrears'))).account!;

/** Day by day until there is less in the balance than was used. */
async function isFrozen(scene: Scene, customer: Player, who: string): Promise<void> {
  scene.chapter(`Frozen: ${who}`);
  for (let day = 0; day < 10 && (await accountOf(customer)).state === 'running'; day++) await scene.days(1);
  const account = await accountOf(customer);
  expect(account.state === 'frozen', `the account is frozen (it is ${account.state})`);
  scene.act(
    `${account.state} since ${account.since}, CNY ${account.to_pay} to pay until ${account.pay_until}`,
    account.clauses.freeze,
  );
  await scene.tellLog(customer.id);
}

async function owesNoLateFee(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Owing, with no late fee before the end');
  await scene.days(3);
  const { items, owed } = await ok(customer.api.GET('/api/v1/debts'));
  expect(items.length > 0, 'there are debts');
  const fees = items.reduce((sum, { late_fee }) => sum + Number(late_fee), 0);
  expect(fees === 0, 'the agreement has not ended');
  scene.act(`${items.length} debts, CNY ${owed}, with no late fee while the account is frozen`, '7.4');
  await scene.tellLog(customer.id);
}

async function paysInTime(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Paid in time');
  const { to_pay } = await accountOf(customer);
  await customer.topUp((Number(to_pay) + 900).toFixed(2));
  await scene.world.drain();
  const account = await accountOf(customer);
  expect(account.state === 'running', `it runs again (it is ${account.state})`);
  const { owed } = await ok(customer.api.GET('/api/v1/debts'));
  scene.act(`CNY ${to_pay} was to pay; now ${owed} is owed and ${await customer.balance()} left`);
  const { term } = account;
  expect(term !== null, 'a new term began');
  scene.act(`a new term from ${term.from}, of CNY ${term.amount} after the arrears`, term.clause);
  await scene.acted(customer.id, ['account.unfrozen', '7.2.2']);
}

async function isEnded(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Not paid in thirty natural days');
  const { pay_until } = await accountOf(customer);
  const until = new Date(pay_until!);
  await scene.moveTo(addMinutes(until, -5));
  expect((await accountOf(customer)).state === 'frozen', 'the last minutes are still the customer’s');
  await scene.moveTo(addMinutes(until, 1));
  const account = await accountOf(customer);
  expect(account.state === 'ended', `the agreement has ended (it is ${account.state})`);
  scene.act(`${account.state}; the data is erased on ${account.erase_at}`, account.clauses.end);
  await scene.acted(customer.id, ['account.reminded', '7.2.2'], ['account.ended', '7.2.2']);
}

async function hasMoreTime(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('The contract gives more time than the agreement');
  const account = await accountOf(customer);
  expect(account.state === 'frozen', 'still frozen when the agreement’s days are over');
  const since = new Date(account.since!);
  expect(
    account.pay_until === addDays(since, NEGOTIATED_DAYS, scene.zone).toISOString(),
    `its days are the contract’s (${account.pay_until})`,
  );
  scene.act(
    `still ${account.state}, until ${account.pay_until}: by ${account.clauses.end.version}`,
    account.clauses.end,
  );
  await customer.topUp((Number(account.to_pay) + 200).toFixed(2));
  await scene.world.drain();
  const { state } = await accountOf(customer);
  expect(state === 'running', `paid, it runs again (it is ${state})`);
  scene.act(`paid CNY ${account.to_pay}: ${state}`, account.clauses.freeze);
  await scene.tellLog(customer.id);
}

async function isErased(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Erased; the debt stays');
  const { erase_at } = await accountOf(customer);
  const before = (await ok(customer.api.GET('/api/v1/debts'))).owed;
  await scene.moveTo(addMinutes(new Date(erase_at!), 1));
  const [certificate] = (await ok(customer.api.GET('/api/v1/arrears/certificates'))).items;
  expect(certificate !== undefined, 'there is a certificate of erasure');
  const erased = certificate.erased.map(({ product, name }) => `${product} ${name}`).join(', ');
  scene.act(`certificate of ${certificate.issued_at}: ${erased} erased`, '4.3');
  await scene.acted(customer.id, ['debt.late-fee', '7.4'], ['account.erased', '4.3']);
  const { owed } = await ok(customer.api.GET('/api/v1/debts'));
  expect(Number(owed) > Number(before), 'what is owed grows after the end');
  scene.act(`still owed: CNY ${before} at the end, ${owed} now`, '7.4');
  await customer.topUp((Number(owed) + 1).toFixed(2));
  await scene.world.drain();
  const account = await accountOf(customer);
  expect(account.state === 'ended', 'money after the end unfreezes nothing');
  const now = (await ok(customer.api.GET('/api/v1/debts'))).owed;
  scene.act(`paid after the end: CNY ${now} owed, the agreement stays ${account.state}`, account.clauses.end);
  await scene.tellLog(customer.id);
}
