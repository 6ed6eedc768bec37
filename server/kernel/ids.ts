import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { systemClock } from './clock.ts';

const POOL_BYTES = 16_384;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;
let msecs = 0;
let seq = 0;

/** UUIDv7 (RFC 9562): sorts by the time it was made, says nothing else. In one process each is above the one before. */
export function newId(): string {
  const random = sixteenBytes();
  const now = systemClock.now().getTime();
  if (now > msecs) {
    msecs = now;
    // The upper half is left for what is made within the same millisecond, or while the clock is set back.
    seq = random.readUInt32BE(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ random, msecs, seq });
}

/** Asking the system for a thousand at once costs as much as for one. None is used twice. */
function sixteenBytes(): Buffer {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}
