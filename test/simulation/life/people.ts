import { createHash } from 'node:crypto';
import type { Actor } from '#kernel/ctx.ts';
import { transact } from '#kernel/db.ts';
import { EVERYTHING } from '#kernel/grant.ts';
import { systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { creditGrant } from '#modules/bills/credit.ts';
import { customerSeed } from '#modules/identity/index.ts';
import { sessionOpen } from '#modules/identity/session-open.ts';
import { paymentCreate } from '#modules/payments/payment-create.ts';
import { paymentSettle } from '#modules/payments/payment-settle.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import { termsAccept } from '#modules/terms/terms-accept.ts';
import { realNameRecord } from '#modules/verification/index.ts';
import { attempt, type Life } from './life.ts';

/** A customer, and how it is. */
export interface Person {
  /** Counted from 0; the same person for the same seed. */
  no: number;
  brand: string;
  customerId: string;
  actor: Actor;
  /** How likely it does something on a day. */
  busy: number;
  /** How likely it pays what it ought to when it looks. */
  diligent: number;
  /** How many buckets and the like it has asked for, those that are gone too: the next one's number. */
  subjects: number;
}

const YUAN = 1_000_000n;

/** Signs up, accepts the terms, has its real name verified, and most top up at once. */
export async function personJoins(life: Life): Promise<Person> {
  const { house } = life.world.server;
  const { dice } = life;
  const no = life.people.length;
  const brand = life.brands[no % life.brands.length]!;
  const email = `life${no}@example.com`;
  const ctx = systemCtx(house, brand, 'simulation');
  const { customerId, userId, sessionId } = await transact(house.db, async (tx) => {
    await customerSeed(tx, ctx, { email, passwordHash: 'none' });
    const row = await tx
      .selectFrom('identity_member as m')
      .innerJoin('identity_user as u', 'u.id', 'm.user_id')
      .select(['m.customer_id', 'm.user_id'])
      .where('u.email_normal', '=', email)
      .executeTakeFirstOrThrow();
    const owner = { customerId: row.customer_id, userId: row.user_id };
    return { ...owner, sessionId: (await sessionOpen(tx, ctx, owner)).sessionId };
  });
  const actor: Actor = {
    kind: 'customer',
    customerId,
    userId,
    sessionId,
    grant: EVERYTHING,
    keyId: null,
    behalf: null,
  };
  const person: Person = {
    no,
    brand,
    customerId,
    actor,
    busy: 0.03 + dice.whole(0, 10) / 120,
    diligent: dice.whole(2, 10) / 10,
    subjects: 0,
  };
  life.people.push(person);
  await termsAgree(life, person);
  if (dice.is(0.9))
    await attempt(life, 'real name', person, (tx, by) =>
      realNameRecord(tx, by, {
        ...{ customerId, kind: 'person', method: 'simulation', minor: false, ofAgeAt: null },
        blind: createHash('sha256').update(customerId).digest('hex'),
      }),
    );
  if (dice.is(0.9)) await topUp(life, person, BigInt(dice.whole(1, 30)) * 10n * YUAN);
  if (brand === 'yunfuwuqi' && dice.is(0.6))
    await attempt(life, 'credit', { brand, actor: life.staff[0] }, (tx, by) =>
      creditGrant(tx, by, { customerId, limit: BigInt(dice.whole(30, 300)) * YUAN, reason: 'simulation' }),
    );
  return person;
}

export function termsAgree(life: Life, person: Person) {
  return attempt(life, 'accept terms', person, async (tx, ctx) => {
    const { id: versionId, sha256, document } = await termsCurrent(tx, ctx.brand.id, ctx.now);
    const highlights = document.highlights.map(({ id }) => id);
    return termsAccept(tx, ctx, { versionId, sha256, highlights });
  });
}

/** Pays through the channel, which says so. */
export async function topUp(life: Life, person: Person, amount: Micro): Promise<void> {
  const { channel, merchant } = life.world.server.house.ports.payments.alipay!;
  const { customerId } = person;
  const paid = await attempt(life, 'top up', person, async (tx, ctx) => {
    const way = { channel: 'alipay', way: 'page' } as const;
    const { outTradeNo } = await paymentCreate(tx, ctx, { customerId, ...way, amount });
    return paymentSettle(
      tx,
      ctx,
      { channel, merchant },
      {
        outTradeNo,
        tradeNo: newId(),
        state: 'paid',
        amount,
        currency: 'CNY',
        ...merchant,
        paidAt: ctx.now,
      },
    );
  });
  if (paid === 'paid') life.paidIn.set(person.brand, life.paidIn.get(person.brand)! + amount);
}
