import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { type Service, StoryCustomer } from './customer.ts';
import { lantianHardParts } from './lantian-hard.ts';
import { Scene } from './scene.ts';
import { newSshKey, type SshKey, ssh, sshWithin } from './ssh.ts';
import { expect, factsInWords, type Telling } from './telling.ts';

const PLAN = 'nat-s';
const PRICE = '9.90';

/**
 * 蓝天云's main job, from sign-up to deletion, through the public API. `real`: the machine is a container, entered
 * by ssh; otherwise the node is simulated and only its reported state is looked at. Throws Deviation.
 */
export async function lantianStory(
  world: World,
  telling: Telling,
  options: { real: boolean },
): Promise<void> {
  const key = options.real ? await newSshKey() : null;
  try {
    await new Story(world, telling, key).tell();
    await lantianHardParts(new Scene(world, telling, 'lantian'));
  } finally {
    await key?.remove();
  }
}

class Story {
  readonly #world: World;
  readonly #telling: Telling;
  readonly #key: SshKey | null;
  readonly #customer: StoryCustomer;
  readonly #zone: string;
  #shown = new Set<string>();

  constructor(world: World, telling: Telling, key: SshKey | null) {
    this.#world = world;
    this.#telling = telling;
    this.#key = key;
    this.#customer = new StoryCustomer(world.url);
    this.#zone = world.server.house.brands.get('lantian').zone;
  }

  async tell(): Promise<void> {
    await this.#comesIn();
    const id = await this.#buys();
    await this.#isWarned(id, 'First period');
    await this.#isSuspended(id);
    await this.#renewsInGrace(id);
    await this.#isWarned(id, 'Second period');
    await this.#isSuspended(id);
    await this.#isDeleted(id);
    await this.#booksBalance();
  }

  #act(what: string, clause?: { id: string; version: string } | null): void {
    this.#telling.act(this.#world.clock.now(), what, clause ?? null);
  }

  async #moveTo(instant: Date): Promise<void> {
    await this.#world.advanceTo(instant);
    await this.#customer.stayIn(instant);
  }

  async #comesIn(): Promise<void> {
    this.#telling.chapter('Becoming a customer');
    await this.#customer.signUp();
    this.#act(`signed up as ${this.#customer.email}, code from the mail entered`);
    const { version } = await this.#customer.acceptTerms();
    this.#act('accepted the terms, each of the four limits by itself', { id: 'preamble', version });
    const { result } = await this.#customer.verifyRealName();
    expect(result === 'pass', 'the real-name check passes');
    this.#act('real name verified; only "pass" is kept', { id: '2.2', version });
    await this.#customer.topUp('30');
    expect((await this.#customer.balance()) === '30.00', 'the balance is what was paid');
    this.#act('topped up CNY 30.00 by Alipay (local gateway, signed both ways)', { id: '5.1', version });
  }

  async #buys(): Promise<string> {
    this.#telling.chapter('Buying a NAT VPS');
    const access = this.#key
      ? { type: 'ssh_key' as const, public_key: this.#key.publicKey }
      : { type: 'password' as const, password: 'Plum-rain-and-9-geese' };
    const id = await this.#customer.order({ plan: PLAN, region: 'cn-east', hostname: 'story', access });
    this.#act(`ordered ${PLAN} in cn-east for one month, CNY ${PRICE}`);
    const service = await this.#customer.until(id, ({ state }) => state !== 'preparing', 90);
    expect(service.state === 'active', `the service is made (it is ${service.state})`);
    expect((await this.#customer.balance()) === '20.10', 'the balance fell by the price');
    this.#act(`ready: ${service.instance?.ssh?.command} (${service.instance?.node_product})`);
    if (this.#key) {
      const out = await sshWithin(
        this.#target(service),
        'echo kept > /root/data && hostname && uname -s',
        30,
      );
      expect(out === 'story\nLinux\n', `ssh runs a command inside (it said ${JSON.stringify(out)})`);
      this.#act('ssh: logged in as root, wrote /root/data');
    }
    await this.#drainHistory(id);
    return id;
  }

  /** Through the reminders of 7, 3 and 1 days. */
  async #isWarned(id: string, title: string): Promise<void> {
    this.#telling.chapter(`${title}: reminders`);
    const { period_end } = await this.#customer.service(id);
    for (const days of [7, 3, 1]) {
      const due = addDays(new Date(period_end), -days, this.#zone);
      await this.#moveTo(addMinutes(due, -1));
      expect(
        (await this.#reminders(id, period_end)).length === [7, 3, 1].indexOf(days),
        `none before its time (${days} days)`,
      );
      await this.#moveTo(due);
      const sent = await this.#reminders(id, period_end);
      expect(sent.at(0)?.facts.days_before === days, `reminded ${days} days before`);
      await this.#drainHistory(id);
    }
    const { items } = await ok(this.#customer.api.GET('/api/v1/notices'));
    const mails = items.filter((notice) => notice.kind === 'service-reminder' && notice.state === 'sent');
    expect(mails.length % 3 === 0 && mails.length > 0, 'three mails went out for the period');
  }

  async #isSuspended(id: string): Promise<void> {
    this.#telling.chapter('Expiry');
    const before = await this.#customer.service(id);
    const end = new Date(before.period_end);
    await this.#moveTo(addMinutes(end, -1));
    expect(
      (await this.#customer.service(id)).state === 'active',
      'active until the last minute that is paid',
    );
    await this.#moveTo(end);
    const after = await this.#customer.service(id);
    expect(after.state === 'suspended', 'suspended at expiry');
    expect(after.instance?.power === 'stopped', 'the machine is seen stopped');
    await this.#machineIs(before, 'stopped');
    if (this.#key) {
      const refused = await ssh(this.#target(before), 'true').then(
        () => false,
        () => true,
      );
      expect(refused, 'ssh no longer gets in');
    }
    await this.#drainHistory(id);
    this.#act('the machine is really stopped');
  }

  async #renewsInGrace(id: string): Promise<void> {
    this.#telling.chapter('Renewal in the grace');
    const before = await this.#customer.service(id);
    await this.#moveTo(addDays(new Date(before.period_end), 2, this.#zone));
    const { amount } = await this.#customer.renew(id);
    expect(amount === PRICE, 'the renewal costs what the service was bought at');
    await this.#world.drain();
    const after = await this.#customer.until(
      id,
      ({ state, instance }) => state === 'active' && instance?.power === 'running',
      60,
    );
    expect(after.period_start === before.period_end, 'the new period begins where the last one ended');
    await this.#machineIs(after, 'running');
    await this.#drainHistory(id);
    this.#act(`runs again, paid until ${after.period_end}`);
    if (!this.#key) return;
    const data = await sshWithin(this.#target(after), 'cat /root/data', 30);
    expect(data === 'kept\n', 'the data is still there');
    this.#act('ssh: /root/data is still there');
  }

  async #isDeleted(id: string): Promise<void> {
    this.#telling.chapter('Deletion');
    const before = await this.#customer.service(id);
    expect(before.delete_at !== null, 'a time of deletion is set');
    const due = new Date(before.delete_at);
    expect(
      due.getTime() - new Date(before.suspended_at!).getTime() === 3 * 86_400_000,
      'three whole days of grace',
    );
    await this.#moveTo(addMinutes(due, -1));
    expect((await this.#customer.service(id)).state === 'suspended', 'kept to the last minute of the grace');
    await this.#moveTo(due);
    const after = await this.#customer.service(id);
    expect(after.state === 'deleted', 'deleted when the grace is over');
    await this.#machineIs(before, 'gone');
    await this.#drainHistory(id);
    this.#act('the machine is really gone, with its disk');
    const ports = before.instance?.port_range;
    const next = await this.#customer.order({
      plan: PLAN,
      region: 'hk',
      hostname: 'next',
      access: { type: 'password', password: 'Plum-rain-and-9-geese' },
    });
    const { instance } = await this.#customer.service(next);
    expect(
      JSON.stringify(instance?.port_range) === JSON.stringify(ports),
      'its ports are free for the next machine',
    );
    this.#act(`its ports ${ports?.from}–${ports?.to} went to the next customer's machine`);
    await this.#customer.until(next, ({ state }) => state === 'active', 90);
  }

  async #booksBalance(): Promise<void> {
    const { items } = await ok(this.#customer.api.GET('/api/v1/statement'));
    const amounts = items.map((line) => line.amount).join(' ');
    expect(amounts === '-9.90 -9.90 -9.90 30.00', `the statement has each amount once (${amounts})`);
    this.#act(`statement: 30.00 in, three times ${PRICE} out, ${await this.#customer.balance()} left`);
  }

  #target(service: Service) {
    const { host, port } = service.instance!.ssh!;
    return { host, port, keyFile: this.#key!.file };
  }

  /** Asks the hypervisor itself, not our record of it. */
  async #machineIs(service: Service, wanted: 'running' | 'stopped' | 'gone'): Promise<void> {
    const { house } = this.#world.server;
    const row = await house.db
      .selectFrom('compute_instance as i')
      .innerJoin('compute_node as n', 'n.id', 'i.node_id')
      .select(['i.name', 'n.name as node'])
      .where('i.id', '=', service.id)
      .executeTakeFirstOrThrow();
    const [observed] = await house.ports.hypervisors(row.node).observe(row.name);
    expect(
      (observed?.power ?? 'gone') === wanted,
      `the hypervisor has it ${wanted} (${observed?.power ?? 'gone'})`,
    );
  }

  async #reminders(id: string, periodEnd: string) {
    const events = await this.#customer.history(id);
    return events.filter(
      ({ action, facts }) => action === 'service.reminded' && facts.period_end === periodEnd,
    );
  }

  /** Tells what the audit log has on this service since the last time, oldest first. */
  async #drainHistory(id: string): Promise<void> {
    const events = await this.#customer.history(id);
    for (const event of events.reverse()) {
      if (this.#shown.has(event.id)) continue;
      this.#shown.add(event.id);
      this.#telling.act(new Date(event.at), `${event.action}${factsInWords(event.facts)}`, event.clause);
    }
  }
}
