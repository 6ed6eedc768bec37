import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { systemClock } from './clock.ts';

/** Where lines of the log go besides standard output: a collector that isn't this process's machine to change. */
export interface Collector {
  tls: boolean;
  host: string;
  port: number;
  /** Its CA in PEM; the system's where there is none. */
  ca?: string | undefined;
}

/** As configuration names it, `tls://HOST:PORT` or `tcp://localhost:PORT`; also for `doctor`. */
export function collectorAt(text: string | undefined, caFile: string | undefined): Collector | null {
  if (!text) return null;
  const { protocol, hostname: host, port } = new URL(text);
  const ca = caFile ? readFileSync(caFile, 'utf8') : undefined;
  return { tls: protocol === 'tls:', host, port: Number(port), ca };
}

export interface Shipper {
  /** A line of JSON. Never waits and never fails: what can't be sent yet waits its turn, up to `HELD_BYTES`. */
  write(line: string): void;
  /** Sends what waits, for at most two seconds. */
  close(): Promise<void>;
}

const HELD_BYTES = 8 * 1024 * 1024;
const RETRY_MS = { first: 500, most: 30_000 };
const CLOSING_MS = 2_000;
/** A collector that takes nothing for so long is given up and asked anew. */
const PATIENCE_MS = 30_000;
/** local0 (RFC 5424, 6.2.1). */
const FACILITY = 16;
/** What the collector says of a line that names no level of pino's. */
const INFORMATIONAL = 6;

/** Severity of RFC 5424 by level of pino. */
function severity(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? INFORMATIONAL : 7;
}

/** A message of syslog (RFC 5424) with the line as it is, led by its length in bytes (RFC 5425, 4.3; RFC 6587, 3.4.1). */
export function framed(line: string, host = hostname(), pid = process.pid): Buffer {
  const text = line.trimEnd();
  const { level, time } = told(text);
  const head = `<${FACILITY * 8 + severity(level)}>1 ${new Date(time).toISOString()} ${host} cloudpact ${pid} - - `;
  const message = Buffer.from(`${head}${text}`);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

function told(text: string): { level: number; time: number } {
  const level = Number(/"level":(\d+)/.exec(text)?.[1] ?? 30);
  const time = Number(/"time":(\d+)/.exec(text)?.[1] ?? 0);
  return { level, time };
}

/**
 * Sends lines over TLS (RFC 5425), or to a relay of this machine in the clear. While the collector is away they wait in
 * memory; the oldest give way when there are too many, and how many were lost is said in their place. What the system had
 * taken as a connection broke may be lost too; standard output has every line.
 */
export function shipTo(collector: Collector): Shipper {
  const held: Buffer[] = [];
  let bytes = 0;
  let lost = 0;
  let socket: Socket | null = null;
  let ready = false;
  let closing = false;
  let wait = RETRY_MS.first;
  let again: NodeJS.Timeout | null = null;

  const hold = (frame: Buffer) => {
    held.push(frame);
    bytes += frame.length;
    while (bytes > HELD_BYTES && held.length > 1) {
      bytes -= held.shift()!.length;
      lost++;
    }
  };
  const drain = () => {
    if (!ready || !socket) return;
    if (lost > 0) {
      const message = {
        level: 40,
        time: systemClock.now().getTime(),
        lost,
        msg: 'lines of the log were lost: its collector was away',
      };
      held.unshift(framed(JSON.stringify(message)));
      bytes += held[0]!.length;
      lost = 0;
    }
    while (held.length > 0) {
      const frame = held.shift()!;
      bytes -= frame.length;
      if (!socket.write(frame)) return;
    }
  };
  const open = () => {
    again = null;
    const made = connected(collector);
    socket = made;
    made.setTimeout(PATIENCE_MS, () => (made.writableLength > 0 ? made.destroy() : undefined));
    made.once(collector.tls ? 'secureConnect' : 'connect', () => {
      ready = true;
      wait = RETRY_MS.first;
      drain();
    });
    made.on('drain', drain);
    // What a collector says is nothing to us; that it ends, by `close`.
    made.resume();
    made.on('error', () => undefined);
    made.once('close', () => {
      ready = false;
      socket = null;
      if (closing) return;
      again = setTimeout(open, wait);
      again.unref();
      wait = Math.min(wait * 2, RETRY_MS.most);
    });
    made.unref();
  };
  open();

  return {
    write(line) {
      hold(framed(line));
      if (socket?.writableNeedDrain !== true) drain();
    },
    async close() {
      closing = true;
      if (again) clearTimeout(again);
      drain();
      const last = socket;
      if (!last) return;
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, CLOSING_MS);
        last.once('close', () => {
          clearTimeout(late);
          resolve();
        });
        if (ready) last.end();
        else last.destroy();
      });
      last.destroy();
    },
  };
}

function connected({ tls, host, port, ca }: Collector): Socket {
  if (!tls) return connectPlain({ host, port });
  const servername = isIP(host) ? '' : host;
  return connectTls({ host, port, ...(ca ? { ca } : {}), servername, minVersion: 'TLSv1.2' });
}

/** Whether it is there and is who it says. Throws what is wrong. */
export async function collectorAnswers(collector: Collector): Promise<void> {
  const socket = connected(collector);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(collector.tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      socket.setTimeout(5_000, () => reject(new Error('no answer in time')));
    });
  } finally {
    socket.destroy();
  }
}
