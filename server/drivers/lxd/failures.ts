import { HypervisorError } from '#modules/compute/driver.ts';

/** What a daemon says that will pass by itself: it stops, it restarts, its database or the instance is taken. */
const passing =
  /is shutting down|not (yet )?(ready|started)|database is locked|context (canceled|deadline)|operation was cancell?ed|busy running|daemon is (stopping|starting)|connection (refused|reset)|checkpoint in progress/i;

export function unreachable(what: string, cause: unknown): HypervisorError {
  const reason =
    cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new HypervisorError('unreachable', `${what}: ${reason}`, { cause });
}

/**
 * The daemon's HTTP answer as our error. 5xx tells nothing about what was done, so it's `unreachable`, which
 * leads to another look and try; only what the daemon says about the request itself is final.
 */
export function failedRequest(what: string, status: number, message: string): HypervisorError {
  const text = `${what}: ${message || 'no reason given'} (${status})`;
  if (status === 404) return new HypervisorError('not_found', text);
  if (passing.test(message)) return new HypervisorError('unreachable', text);
  if (status === 409 || /already exists/i.test(message)) return new HypervisorError('conflict', text);
  if (status >= 500) return new HypervisorError('unreachable', text);
  return new HypervisorError('rejected', text);
}

/** An operation that the daemon took on and that failed: final, unless the reason is a passing one. */
export function failedOperation(what: string, message: string): HypervisorError {
  const text = `${what}: ${message || 'failed without a reason'}`;
  if (passing.test(message)) return new HypervisorError('unreachable', text);
  if (/already exists/i.test(message)) return new HypervisorError('conflict', text);
  if (/\bnot found\b/i.test(message) && /instance/i.test(message))
    return new HypervisorError('not_found', text);
  return new HypervisorError('rejected', text);
}
