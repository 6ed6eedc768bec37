import { randomInt } from 'node:crypto';

/** Somebody's resident identity number, with a true check character and nobody's serial: each call another one. */
export function someIdNumber(birth = '19800101'): string {
  const first = `${randomInt(110_000, 659_999)}${birth}${String(randomInt(1_000)).padStart(3, '0')}`;
  // ISO 7064 MOD 11-2, as GB 11643-1999 asks for.
  const sum = [...first].reduce((total, digit) => (total + Number(digit)) * 2, 0) % 11;
  return `${first}${'10X98765432'[sum % 11]}`;
}
