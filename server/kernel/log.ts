import { type DestinationStream, type Logger, pino } from 'pino';
import type { Shipper } from './log-syslog.ts';

/** The log: JSON lines without personal data. `destination` is standard output unless it says otherwise. */
export function openLog(level: string, destination?: DestinationStream): Logger {
  return pino({ level, base: null, serializers: { err: told } }, destination);
}

/** Standard output, and the collector beside it. */
export function alsoTo(shipper: Shipper): DestinationStream {
  const all = { level: 'trace' as const };
  return pino.multistream([
    { ...all, stream: pino.destination(1) },
    { ...all, stream: shipper },
  ]);
}

/**
 * Of an error only what we know to be ours: PostgreSQL's `detail` and `where` quote whole rows, and errors of
 * libraries carry requests along.
 */
function told(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as Error & { code?: unknown; constraint?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(error.cause instanceof Error ? { cause: told(error.cause) } : {}),
  };
}
