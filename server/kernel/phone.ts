import type { Sealer } from './seal.ts';

/**
 * The one spelling of a mainland mobile number, eleven digits without country code (MIIT's numbering plan: 1, then 3 to
 * 9); null when it isn't one.
 */
export function mainlandPhone(text: string): string | null {
  const plain = text.replace(/[\s-]/g, '').replace(/^(\+|00)?86(?=1\d{10}$)/, '');
  return /^1[3-9]\d{9}$/.test(plain) ? plain : null;
}

/** The fingerprint by which equal numbers are told, wherever one is kept. */
export function phoneDigest(sealer: Sealer, number: string): string {
  return sealer.digest(`phone:${number}`);
}

/** What of it may be shown: the ends. */
export function phoneShown(number: string): string {
  return `${number.slice(0, 3)}****${number.slice(-4)}`;
}
