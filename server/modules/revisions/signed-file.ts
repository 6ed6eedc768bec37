import { type ScanType, scanType } from '#kernel/scan.ts';
import { problem } from './rules.ts';

const BYTES = 4 * 1024 * 1024;
/** Files come as base64 in JSON. */
export const SIGNED_BODY = 6 * 1024 * 1024;

/** A scan of what was signed. `base64`: RFC 4648 §4, with padding. Throws `signed-file-unreadable`. */
export function signedFile(base64: string): { mediaType: ScanType; bytes: Buffer } {
  const bytes = Buffer.from(base64, 'base64');
  const whole = bytes.length <= BYTES && bytes.toString('base64') === base64;
  const mediaType = whole ? scanType(bytes) : null;
  if (!mediaType) throw problem['signed-file-unreadable']();
  return { mediaType, bytes };
}
