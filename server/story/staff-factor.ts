import { createHash } from 'node:crypto';
import { asSystem } from '#kernel/house.ts';
import { staffOwner, totpCode, totpSet } from '#modules/factors/index.ts';
import { staffByEmail } from '#modules/staff/index.ts';
import type { World } from '#server/world.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A secret that is the same for the same person each time. */
function secretOf(email: string): string {
  return [...createHash('sha256').update(email).digest()].map((byte) => BASE32[byte % 32]).join('');
}

/**
 * The code that the authenticator of a member of the staff shows under the world's clock. It is set up anew each time:
 * a code is taken once, and a world's clock may stand still between two sign-ins.
 */
export async function staffCode(world: World, email: string): Promise<string> {
  const { house } = world.server;
  const secret = secretOf(email);
  await asSystem(house, house.brands.all[0]!.id, 'story', async (tx, ctx) => {
    const staffId = await staffByEmail(tx, email);
    if (!staffId) throw new Error(`${email} is no member of the staff`);
    await totpSet(tx, ctx, house.sealer, staffOwner(staffId), secret);
  });
  return totpCode(secret, world.clock.now());
}
