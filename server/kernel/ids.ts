import { v7 } from 'uuid';

/** UUIDv7 (RFC 9562): sorts by the time it was made, says nothing else. */
export function newId(): string {
  return v7();
}
