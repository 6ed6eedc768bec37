import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type Sealer, sameSecret } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import type { KnownIdentity } from './binding.ts';
import { type FederationAttempt, PROVIDERS } from './driver.ts';
import { ATTEMPT_MINUTES, PENDING_MINUTES } from './rules.ts';
import './tables.ts';

/**
 * What a browser keeps of its way to a third party and back: sealed, so that it says nothing and can't be made up, and
 * bound to the brand. Only this browser's cookie opens the state that comes back.
 */
const attempt = z.object({
  brand: z.string(),
  provider: z.enum(PROVIDERS),
  redirectUri: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The session that binds; null where somebody signs in. */
  sessionId: z.string().nullable(),
  expires: z.number(),
});
export type Attempt = z.infer<typeof attempt>;

const pending = z.object({
  brand: z.string(),
  provider: z.enum(PROVIDERS),
  subject: z.string(),
  union: z.string().nullable(),
  nickname: z.string(),
  expires: z.number(),
});

const random = () => randomBytes(32).toString('base64url');

export function attemptBegin(
  ctx: Ctx,
  begun: Pick<Attempt, 'provider' | 'redirectUri' | 'sessionId'>,
): Attempt & FederationAttempt {
  return {
    ...begun,
    brand: ctx.brand.id,
    state: random(),
    nonce: random(),
    verifier: random(),
    expires: addMinutes(ctx.now, ATTEMPT_MINUTES).getTime(),
  };
}

export function attemptSeal(sealer: Sealer, begun: Attempt): string {
  return sealed(sealer, begun, 'federation:attempt');
}

/** Null when there is none, it isn't ours, is of another brand or too old. */
export function attemptOpen(sealer: Sealer, ctx: Ctx, cookie: string | undefined): Attempt | null {
  return opened(sealer, ctx, cookie, 'federation:attempt', attempt);
}

export function pendingSeal(sealer: Sealer, ctx: Ctx, identity: KnownIdentity): string {
  const expires = addMinutes(ctx.now, PENDING_MINUTES).getTime();
  return sealed(sealer, { ...identity, brand: ctx.brand.id, expires }, 'federation:identity');
}

/** The identity that nobody has bound yet and that this browser proved; null when there is none any more. */
export function pendingOpen(sealer: Sealer, ctx: Ctx, cookie: string | undefined): KnownIdentity | null {
  return opened(sealer, ctx, cookie, 'federation:identity', pending);
}

export function stateIs(begun: Attempt, answer: URLSearchParams): boolean {
  const states = answer.getAll('state');
  return states.length === 1 && sameSecret(hashOf(states[0]!), hashOf(begun.state));
}

/** True the first time alone, whatever comes of it. */
export async function stateUse(tx: Tx, ctx: Ctx, begun: Attempt): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('federation_state_used')
    .values({ state_hash: hashOf(begun.state), at: ctx.now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function sealed(sealer: Sealer, value: unknown, owner: string): string {
  return sealer.seal(JSON.stringify(value), owner).toString('base64url');
}

function opened<T extends { brand: string; expires: number }>(
  sealer: Sealer,
  ctx: Ctx,
  cookie: string | undefined,
  owner: string,
  form: z.ZodType<T>,
): T | null {
  if (!cookie) return null;
  let value: T;
  try {
    value = form.parse(JSON.parse(sealer.open(Buffer.from(cookie, 'base64url'), owner)));
  } catch {
    return null; // whatever a browser sends that we didn't seal is no attempt
  }
  return value.brand === ctx.brand.id && value.expires > ctx.now.getTime() ? value : null;
}
