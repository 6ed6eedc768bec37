import { Resolver } from 'node:dns/promises';
import { FetchRefused, type GuardedLimits, guardedFetch } from '#kernel/fetch-guard.ts';
import type { DomainProofs, Seen } from '#modules/domains/driver.ts';

export interface DomainProofConfig {
  /** "1.1.1.1" or "127.0.0.1:5353"; none: those of the system. */
  servers: readonly string[];
  allow: NonNullable<GuardedLimits['allow']>;
  /** Of the sites; 80 but for tests. */
  port?: number;
  /** Bound on one question. Default 5 s, tried twice. */
  timeoutMs?: number;
}

/** What DNS says when there is no such name or record; all other errors say nothing of it. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA']);
const UNKNOWN = new Set(['timeout', 'unreachable']);
const MOST_BYTES = 4_096;

/** The DNS by the resolvers that were configured, and HTTP by the guard against addresses of our own (F55). */
export function domainProofs(config: DomainProofConfig): DomainProofs {
  const { servers, allow, port = 80, timeoutMs = 5_000 } = config;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const limits: GuardedLimits = {
    allow,
    timeoutMs: 2 * timeoutMs,
    maxBytes: MOST_BYTES,
    maxRedirects: 0,
    resolve: (hostname) => addresses(resolver, hostname),
  };
  return {
    async txt(name, text) {
      try {
        const records = await resolver.resolveTxt(name);
        return records.some((parts) => parts.join('') === text) ? 'there' : 'missing';
      } catch (error) {
        return isNothing(error) ? 'missing' : 'unavailable';
      }
    },
    async file(domain, path, text) {
      try {
        const url = `http://${domain}${port === 80 ? '' : `:${port}`}${path}`;
        const answer = await guardedFetch(url, {}, limits);
        if (answer.status >= 500) return 'unavailable';
        return answer.status === 200 && answer.body.toString('utf8').trim() === text ? 'there' : 'missing';
      } catch (error) {
        return refused(error);
      }
    },
  };
}

function isNothing(error: unknown): boolean {
  return NOTHING.has(String((error as NodeJS.ErrnoException).code));
}

function refused(error: unknown): Seen {
  if (!(error instanceof FetchRefused)) throw error;
  return UNKNOWN.has(error.because) ? 'unavailable' : 'missing';
}

/** A name may have addresses of one family alone. */
async function addresses(resolver: Resolver, hostname: string) {
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const found = [
    ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
    ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
  ];
  if (found.length > 0) return found;
  const failed = [four, six].find((one) => one.status === 'rejected' && !isNothing(one.reason));
  if (failed?.status === 'rejected') throw failed.reason;
  throw new FetchRefused('address', `${hostname} has none`);
}
