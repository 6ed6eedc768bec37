import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import type { Sealer } from '#kernel/seal.ts';
import { addMs } from '#kernel/time.ts';
import { networkOf, visitorOf, wideNetworkOf } from '#kernel/visitor.ts';
import { priceOf } from './rules.ts';
import './tables.ts';

const HOUR_MS = 3_600_000;

/** The network that asks and the ten thousand numbers that a number is one of, as fingerprints of no other use. */
export function codeOrigin(sealer: Sealer, ip: string | null, number: string) {
  return {
    network: ip === null ? null : sealer.blind('sms-network', networkOf(ip)),
    segment: sealer.blind('sms-segment', number.slice(0, 7)),
  };
}

/**
 * How much harder than usual the proof of work before the next code is. What counts are codes that never came back:
 * people send theirs back, so that they pay for nothing but what was done in their own network and to numbers like theirs.
 */
export async function codePrice(house: House, ctx: Ctx, number: string): Promise<number> {
  const { db, sealer, config } = house;
  const { network, segment } = codeOrigin(sealer, ctx.ip, number);
  return priceOf(await wasted(db, ctx, { network, segment }), config.smsCodesPerDay);
}

async function wasted(db: Db, ctx: Ctx, from: { network: string | null; segment: string }) {
  const row = await db
    .selectFrom('federation_phone_code')
    .select((e) => {
      const inAnHour = e('sent_at', '>', addMs(ctx.now, -HOUR_MS));
      const count = () => e.fn.countAll<bigint>();
      return [
        count().as('brand'),
        count()
          .filterWhere(e.and([inAnHour, e('network', '=', from.network)]))
          .as('network'),
        count()
          .filterWhere(e.and([inAnHour, e('segment', '=', from.segment)]))
          .as('segment'),
      ];
    })
    .where('brand', '=', ctx.brand.id)
    .where('sent_at', '>', addMs(ctx.now, -24 * HOUR_MS))
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { brand: Number(row.brand), network: Number(row.network), segment: Number(row.segment) };
}

/**
 * Counts one more code against whoever asks, its network, the wide network around that, and last of all the brand: what
 * one of them is refused isn't counted against those after it. No one network can use up a brand's day.
 */
export async function codeSpend(house: House, { ip, brand }: { ip: string; brand: string }): Promise<void> {
  const { smsThrottles } = house.ports;
  await smsThrottles.visitor.spend(`sms:${visitorOf(ip)}`);
  await smsThrottles.network.spend(`sms:${brand}:${networkOf(ip)}`);
  await smsThrottles.wideNetwork.spend(`sms:${brand}:${wideNetworkOf(ip)}`);
  await smsThrottles.brand.spend(`sms:${brand}`);
}

/** For who is signed in: the person's own count, and one of the brand's beside that of strangers. */
export async function ownCodeSpend(
  house: House,
  { userId, brand }: { userId: string; brand: string },
): Promise<void> {
  const { smsThrottles } = house.ports;
  await smsThrottles.visitor.spend(`sms-of:${userId}`);
  await smsThrottles.brand.spend(`sms-signed-in:${brand}`);
}
