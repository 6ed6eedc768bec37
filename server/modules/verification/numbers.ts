/** The numbers by which people and companies are known, as they are written and what they say. */

export const ADULT_AGE = 18;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

/**
 * Reads a resident identity number (GB 11643-1999): form, birth date and check character.
 * Null when it isn't one. `birth` is "YYYYMMDD".
 */
export function readIdNumber(text: string): { number: string; birth: string } | null {
  const number = text.toUpperCase();
  if (!/^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/.test(number)) return null;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  if (CHECK[sum % 11] !== number[17]) return null;
  const birth = number.slice(6, 14);
  const date = new Date(`${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}T00:00:00Z`);
  return date.getUTCDate() === Number(birth.slice(6)) ? { number, birth } : null;
}

/** Age in whole years on a natural day ("YYYY-MM-DD"). */
export function ageOn(birth: string, day: string): number {
  const today = day.replaceAll('-', '');
  return Math.floor((Number(today) - Number(birth)) / 10_000);
}

/** The natural day ("YYYY-MM-DD") on which somebody comes of age; who was born on 29 February does on 1 March. */
export function ofAgeOn(birth: string): string {
  const year = Number(birth.slice(0, 4)) + ADULT_AGE;
  const [month, day] = [Number(birth.slice(4, 6)), Number(birth.slice(6))];
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/** Without I, O, Z, S and V; each stands for its place here. */
const CODE_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * Reads a unified social credit code (GB 32100-2015): registering department, kind, division, body's code with its own
 * check character (GB 11714-1997), and the last one over all. Null when it isn't one.
 */
export function readCreditCode(text: string): string | null {
  const code = text.trim().toUpperCase();
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return null;
  const body = code.slice(8, 17);
  if (bodyCheck(body.slice(0, 8)) !== body[8]) return null;
  const sum = [...code.slice(0, 17)].reduce(
    (total, sign, i) => total + CODE_SIGNS.indexOf(sign) * (3 ** i % 31),
    0,
  );
  return CODE_SIGNS[(31 - (sum % 31)) % 31] === code[17] ? code : null;
}

const BODY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** Letters count from 10 for A here, with all of the alphabet. */
function bodyCheck(body: string): string {
  const sum = BODY_WEIGHTS.reduce((total, weight, i) => total + weight * Number.parseInt(body[i]!, 36), 0);
  const rest = (11 - (sum % 11)) % 11;
  return rest === 10 ? 'X' : String(rest);
}

/** A paper of identity that isn't a resident's card: a passport, a permit. Null when it can't be one. */
export function readPaperNumber(text: string): string | null {
  const number = text.replace(/[\s-]/g, '').toUpperCase();
  return /^[0-9A-Z]{5,30}$/.test(number) ? number : null;
}
