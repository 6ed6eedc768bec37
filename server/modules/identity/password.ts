import { type Algorithm, hash, verify } from '@node-rs/argon2';
import type { Problem } from '#kernel/problem.ts';
import { passwordWeakness } from './password-weakness.ts';
import { problem } from './rules.ts';

/**
 * argon2id with the memory and passes of RFC 9106's second recommended choice, in one lane, since lanes help whoever
 * guesses on many cores and not us. Runs off the main thread.
 */
export const PASSWORD_COST = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  /** KiB. */
  memoryCost: 65_536,
  timeCost: 3,
  parallelism: 1,
} as const;

/** How a PHC string of today's cost begins. */
const { memoryCost, timeCost, parallelism } = PASSWORD_COST;
const OF_TODAY = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;

/** `weak-password` for the field that it was typed in, or null. */
export function passwordProblem(password: string, context: string[], field = 'password'): Problem | null {
  const weakness = passwordWeakness(password, context);
  return (
    weakness && problem['weak-password']({}, { errors: [{ field, message: weakness }], reason: weakness })
  );
}

/** Throws `weak-password`. Returns a PHC string. */
export async function hashPassword(password: string, context: string[], field = 'password'): Promise<string> {
  const weak = passwordProblem(password, context, field);
  if (weak) throw weak;
  return hashSecret(password);
}

/** What somebody remembers, however strong. Returns a PHC string. */
export function hashSecret(secret: string): Promise<string> {
  hashing.runs += 1;
  return hash(secret.normalize('NFKC'), PASSWORD_COST);
}

let decoy: Promise<string> | null = null;

/** With no account to compare with, as much work is done, so that time tells nothing. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash('no account has this', PASSWORD_COST);
  hashing.runs += 1;
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return stored !== null && matches;
}

/** The PHC string to keep from now on, of a password that was just right; null where what is kept costs what it should. */
export async function strengthened(stored: string, password: string): Promise<string | null> {
  return stored.startsWith(OF_TODAY) ? null : hashSecret(password);
}

/** How often argon2 ran in this process: what a sign-in costs, and that it costs strangers the same. */
export const hashing = { runs: 0 };
