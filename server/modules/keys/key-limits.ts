import type { Brand } from '#kernel/brands.ts';
import type { Quota } from '#kernel/quota.ts';
import type { Customer } from './key-caller.ts';
import { type LimitName, limitsOf, problem } from './rules.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    quota: Quota;
  }
}

/**
 * Counts a call by a key against the limits of the key, of all keys of its customer and of all keys of the brand.
 * Answers the header fields that tell how much is left (draft-ietf-httpapi-ratelimit-headers); `over`: the call is one
 * too many, throw it.
 */
export async function keyLimits(quota: Quota, brand: Brand, { keyId, customerId }: Customer) {
  const limits = limitsOf(brand);
  const names: Record<LimitName, string> = {
    key: `key:${keyId}`,
    customer: `customer:${customerId}`,
    brand: `brand:${brand.id}`,
  };
  const policies: string[] = [];
  const states: string[] = [];
  let wait = 0;
  for (const [name, counter] of Object.entries(names) as [LimitName, string][]) {
    const limit = limits[name];
    policies.push(`"${name}";q=${limit.calls};w=${limit.seconds}`);
    // What one limit refuses isn't counted by the next.
    if (wait > 0) continue;
    const { within, left, resetS } = await quota.spend(counter, limit);
    states.push(`"${name}";r=${left};t=${resetS}`);
    if (!within) wait = resetS;
  }
  return {
    headers: { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') },
    over: wait > 0 ? problem['rate-limited']({ seconds: wait }, { retry_after_s: wait }) : null,
  };
}
