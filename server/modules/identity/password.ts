import { type Algorithm, hash, verify } from '@node-rs/argon2';
import type { Problem } from '#kernel/problem.ts';
import { passwordWeakness } from './password-weakness.ts';
import { problem } from './rules.ts';

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. Runs off the main thread. */
const OPTIONS = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;

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
  return hash(secret.normalize('NFKC'), OPTIONS);
}

let decoy: Promise<string> | null = null;

/** With no account to compare with, as much work is done, so that time tells nothing. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash('no account has this', OPTIONS);
  hashing.runs += 1;
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return stored !== null && matches;
}

/** How often argon2 ran in this process: what a sign-in costs, and that it costs strangers the same. */
export const hashing = { runs: 0 };
