import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { naturalDay } from '#kernel/time.ts';
import { policyOf } from '#modules/terms/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { BRANDS } from './brands.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from './world.ts';

const DAY_MS = 86_400_000;

/** A world whose brands' agreements are revised, and customers of theirs. It begins on 2026-03-02, 10:00 in Shanghai. */
export async function revisingWorld() {
  const brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-revisions-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(BRANDS, brandsDir, { recursive: true });
  // It extends 亚云 and would have to be dated anew with it.
  await rm(join(brandsDir, 'wujiyun'), { recursive: true });
  const world = await testWorld({ brandsDir, start: new Date('2026-03-02T02:00:00Z') });

  async function revise(brand: string, ...edits: [from: string | RegExp, to: string][]): Promise<void> {
    const path = join(brandsDir, brand, 'terms.yaml');
    let text = await readFile(path, 'utf8');
    for (const [from, to] of edits) {
      assert.notEqual(text.replace(from, to), text, `${String(from)} is in the file`);
      text = text.replace(from, to);
    }
    await writeFile(path, text);
    await world.reopen();
  }

  function siteOf(brand: string): string {
    const { brands } = world.server.house;
    return brands.url(brands.get(brand), world.url);
  }

  async function customerAt(brand: string, balance: string | null): Promise<StoryCustomer> {
    const customer = new StoryCustomer(siteOf(brand));
    await customer.signUp();
    await customer.acceptTerms();
    if (brand !== 'qiniu') await customer.verifyRealName();
    if (balance) await customer.topUp(balance);
    await world.drain();
    return customer;
  }

  const standing = async (customer: StoryCustomer) =>
    (await ok(customer.api.GET('/api/v1/auth/session'))).terms;
  const acceptances = async (customer: StoryCustomer) =>
    (await ok(customer.api.GET('/api/v1/terms/acceptances'))).items;
  const idOf = async (customer: StoryCustomer) =>
    (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  const days = (count: number) => new Date(world.clock.now().getTime() + count * DAY_MS);

  const restart = (customer: StoryCustomer, id: string) =>
    ok(
      customer.api.POST('/api/v1/services/{id}/power', {
        params: { path: { id } },
        body: { action: 'restart' },
      }),
    );

  async function serviceAt(customer: StoryCustomer): Promise<string> {
    const { products, images } = await ok(customer.api.GET('/api/v1/catalogue'));
    const [plan] = products[0]!.plans;
    const id = await customer.order({
      plan: plan!.id,
      region: plan!.regions[0]!,
      image: images[0]!.id,
      hostname: `web${++names}`,
      access: PASSWORD_ACCESS,
    });
    await world.drain();
    await customer.until(id, (service) => service.state === 'active');
    return id;
  }
  let names = 0;

  async function reviseLantian(from: string, to: string): Promise<string> {
    const version = naturalDay(world.clock.now(), 'Asia/Shanghai');
    await revise('lantian', [/version: ".*"/, `version: "${version}"`], [from, to]);
    await world.advanceTo(days(0));
    return version;
  }

  async function policyFor(serviceId: string) {
    const { db } = world.server.house;
    const service = await db
      .selectFrom('lifecycle_service')
      .selectAll()
      .where('id', '=', serviceId)
      .executeTakeFirstOrThrow();
    const { customer_id: customerId, acceptance_id: acceptanceId } = service;
    return {
      service,
      policy: await policyOf(db, { customerId, serviceId, acceptanceId }, world.clock.now()),
    };
  }
  return {
    world,
    brandsDir,
    revise,
    siteOf,
    customerAt,
    standing,
    acceptances,
    idOf,
    days,
    restart,
    serviceAt,
    reviseLantian,
    policyFor,
  };
}

/** The problem that this was refused with, by its code. */
export async function refused(work: Promise<unknown>, code: string): Promise<Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ApiProblem, String(error));
    assert.equal(error.code, code);
    return error.body;
  }
  throw new Error(`not refused: ${code}`);
}
