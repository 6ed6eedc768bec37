import type { FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { Problem } from '#kernel/problem.ts';
import { InvalidInput } from './invalid-input.ts';

/**
 * What of the refusals speaks of somebody who tries, and not of somebody who errs (OWASP ASVS 5.0 16.3.2, 16.3.3). Stands
 * as `security` in the line of the request, and is counted.
 */
export const SECURITY_EVENTS = [
  /** A session or key was shown that opens nothing (any more). */
  'bad-session',
  'bad-credentials',
  'bad-signature',
  /** Signed in, and reaching for what its role doesn't have. */
  'forbidden',
  'foreign-origin',
  'plain-http',
  'throttled',
  'robot',
  /** Input that no page and no documented client sends: unknown members, members twice, control characters, NUL. */
  'tampered-input',
  'malicious-file',
] as const;
export type SecurityEvent = (typeof SECURITY_EVENTS)[number];

const BY_CODE: Readonly<Record<string, SecurityEvent>> = {
  'wrong-credentials': 'bad-credentials',
  'password-wrong': 'bad-credentials',
  'signature-invalid': 'bad-signature',
  'signature-expired': 'bad-signature',
  'nonce-used': 'bad-signature',
  'rate-limited': 'throttled',
  'ingest-token-refused': 'bad-session',
  'key-refused': 'bad-session',
  'key-revoked': 'bad-session',
  'key-expired': 'bad-session',
  'key-address': 'bad-session',
  'not-permitted': 'forbidden',
  'foreign-origin': 'foreign-origin',
  'https-needed': 'plain-http',
  'too-many-requests': 'throttled',
  'proof-of-work-needed': 'robot',
  'file-malicious': 'malicious-file',
};

declare module 'fastify' {
  interface FastifyRequest {
    security: SecurityEvent | null;
  }
}

/** Null: a mistake, or nothing of the kind. */
export function securityEventOf(error: unknown, request: FastifyRequest): SecurityEvent | null {
  if (error instanceof InvalidInput) return isTampered(error) ? 'tampered-input' : null;
  if (!(error instanceof Problem)) return null;
  const { code } = error;
  // Who shows nothing is only not signed in; who asks for the first time for a form gets its challenge.
  if (code === 'signed-out') return showsSomething(request) ? 'bad-session' : null;
  if (code === 'proof-of-work-needed') return request.headers['proof-of-work'] ? 'robot' : null;
  return BY_CODE[code] ?? null;
}

/** A body that the strict reader refused has no issue; one with members that nobody named says so. */
function isTampered({ issues, part }: InvalidInput): boolean {
  if (part === 'body' && issues.length === 0) return true;
  return issues.some((issue) => issue.code === 'unrecognized_keys');
}

function showsSomething(request: FastifyRequest): boolean {
  const { authorization, cookie = '' } = request.headers;
  return authorization !== undefined || /(?:^|; )(?:__Host-)?cp_\w+=/.test(cookie);
}

export function securityCounter(registry: Registry): Counter<'event'> {
  const counter = new Counter({
    name: 'cloudpact_security_events_total',
    help: 'Requests that were refused as attempts, by kind',
    labelNames: ['event'],
    registers: [registry],
  });
  // From the start, so that a first one shows as a rise.
  for (const event of SECURITY_EVENTS) counter.inc({ event }, 0);
  return counter;
}
