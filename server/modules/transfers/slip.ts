import { createHash } from 'node:crypto';
import { type ScanType, scanType } from '#kernel/scan.ts';
import { problem } from './rules.ts';

/** A slip is what its bytes are. It is never decoded here, only told apart; so no picture or page can be a bomb to us (F64). */

export const SLIP_BYTES = 4 * 1024 * 1024;

export interface Slip {
  mediaType: ScanType;
  content: Buffer;
  sha256: string;
}

/** Throws `slip-too-large` or `slip-unreadable`. `base64`: RFC 4648 §4, with padding. */
export function slipRead(base64: string): Slip {
  if (base64.length > Math.ceil(SLIP_BYTES / 3) * 4)
    throw problem['slip-too-large']({ megabytes: SLIP_BYTES / 1024 / 1024 });
  const content = Buffer.from(base64, 'base64');
  if (content.length > SLIP_BYTES) throw problem['slip-too-large']({ megabytes: SLIP_BYTES / 1024 / 1024 });
  const mediaType = content.toString('base64') === base64 ? scanType(content) : null;
  if (!mediaType) throw problem['slip-unreadable']();
  return { mediaType, content, sha256: createHash('sha256').update(content).digest('hex') };
}
