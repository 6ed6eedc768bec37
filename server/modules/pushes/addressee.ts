import { z } from 'zod';
import { mainlandPhone, phoneDigest, phoneShown } from '#kernel/phone.ts';
import type { Sealer } from '#kernel/seal.ts';
import { email, normalEmail } from '#modules/identity/index.ts';
import type { Addressee } from './push-make.ts';
import { emailShown, problem } from './rules.ts';

/** As its maker knows them: by a mailbox or by a mainland mobile number. */
export const addresseeIn = z.union([
  z.strictObject({ email }),
  z.strictObject({ phone: z.string().max(30) }),
]);

/** Throws `push-address`. */
export function addresseeOf(sealer: Sealer, to: z.infer<typeof addresseeIn>): Addressee {
  if ('email' in to) return { email: normalEmail(to.email), phoneDigest: null, shown: emailShown(to.email) };
  const number = mainlandPhone(to.phone);
  if (!number) throw problem['push-address']({}, { errors: [{ field: 'to.phone', message: 'form' }] });
  return { email: null, phoneDigest: phoneDigest(sealer, number), shown: phoneShown(number) };
}
