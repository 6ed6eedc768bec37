import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import pg from 'pg';
import { readConfig } from '#kernel/config.ts';
import { alsoTo, openLog } from '#kernel/log.ts';
import { framed, type Shipper, shipTo } from '#kernel/log-syslog.ts';
import { certificateOf } from '../support/certificate.ts';
import { testPostgres } from '../support/world.ts';

/** The log goes to a collector elsewhere: syslog (RFC 5424) over TLS, framed by RFC 5425. */

const ROOT = join(import.meta.dirname, '../..');
const DAY = 86_400_000;
let dir: string;
let key: string;
let cert: string;
let caFile: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-collector-'));
  const now = performance.timeOrigin + performance.now();
  ({ key, cert } = await certificateOf(new Date(now - DAY), new Date(now + DAY)));
  caFile = join(dir, 'ca.pem');
  await writeFile(caFile, cert);
});
after(() => rm(dir, { recursive: true, force: true }));

interface Received {
  head: string;
  line: { level: number; msg?: string; route?: string; n?: number; lost?: number };
}

interface Collecting {
  port: number;
  messages: Received[];
  close(): Promise<void>;
}

/** A receiver that reads messages by their lengths, as collectors do. */
async function collector(options: { tls?: boolean; port?: number } = {}): Promise<Collecting> {
  const messages: Received[] = [];
  const sockets = new Set<Socket>();
  const receive = (socket: Socket) => {
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const space = rest.indexOf(' ');
        const length = Number(rest.subarray(0, space).toString());
        if (space < 0 || rest.length < space + 1 + length) return;
        const text = rest.subarray(space + 1, space + 1 + length).toString();
        rest = rest.subarray(space + 1 + length);
        const at = text.indexOf('{');
        messages.push({ head: text.slice(0, at), line: JSON.parse(text.slice(at)) as Received['line'] });
      }
    });
  };
  const server = options.tls === false ? createPlain(receive) : createServer({ key, cert }, receive);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, 'localhost', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function until(done: () => boolean, seconds = 20): Promise<void> {
  for (let tries = 0; tries < seconds * 50; tries++) {
    if (done()) return;
    await sleep(20);
  }
  assert.fail('it did not come');
}

const line = (n: number, msg = 'said') => JSON.stringify({ level: 30, time: 1_790_000_000_000 + n, n, msg });
const numbers = ({ messages }: Collecting) =>
  messages.flatMap(({ line: { n } }) => (n === undefined ? [] : [n]));

test('a line is a message of syslog: facility local0, its severity, its time, its length in bytes', () => {
  const text = `{"level":50,"time":1790000000000,"msg":"错误"}`;
  const frame = framed(`${text}\n`, 'host1', 42).toString();
  const message = `<131>1 2026-09-21T14:13:20.000Z host1 cloudpact 42 - - ${text}`;
  assert.equal(frame, `${Buffer.byteLength(message)} ${message}`);
});

test('what is said while the collector is away arrives when it is back, in its order', async () => {
  const first = await collector();
  const shipper = shipTo({ tls: true, host: 'localhost', port: first.port, ca: cert });
  shipper.write(line(1));
  await until(() => numbers(first).includes(1));
  await first.close();
  await sleep(200);
  for (let n = 2; n <= 500; n++) shipper.write(line(n));
  const second = await collector({ port: first.port });
  await until(() => numbers(second).length === 499);
  assert.deepEqual(
    numbers(second),
    Array.from({ length: 499 }, (_, i) => i + 2),
  );
  await shipper.close();
  await second.close();
});

test('while it stays away memory is bounded: the oldest go, and how many is said', async () => {
  const gone = await collector();
  await gone.close();
  const shipper = shipTo({ tls: true, host: 'localhost', port: gone.port, ca: cert });
  const long = 'x'.repeat(100_000);
  for (let n = 1; n <= 200; n++) shipper.write(line(n, long));
  const back = await collector({ port: gone.port });
  await until(() => numbers(back).includes(200));
  const [told] = back.messages;
  assert.equal(told!.line.lost, 200 - numbers(back).length);
  assert.ok(told!.line.lost! > 100 && told!.line.level === 40);
  assert.deepEqual(
    numbers(back),
    Array.from({ length: 200 - told!.line.lost! }, (_, i) => told!.line.lost! + 1 + i),
  );
  await shipper.close();
  await back.close();
});

test('a collector whose certificate isn’t trusted, or is another’s, gets nothing', async () => {
  const stranger = await collector();
  const untrusted: Shipper[] = [
    shipTo({ tls: true, host: 'localhost', port: stranger.port }),
    shipTo({ tls: true, host: '127.0.0.1', port: stranger.port, ca: cert }),
  ];
  for (const shipper of untrusted) shipper.write(line(1));
  await sleep(1_500);
  assert.deepEqual(stranger.messages, []);
  for (const shipper of untrusted) await shipper.close();
  await stranger.close();
});

test('a relay of this machine is spoken to in the clear; standard output has the same lines', async () => {
  const relay = await collector({ tls: false });
  const env = { DATABASE_URL: 'postgres://localhost/x', CLOUDPACT_DATA_DIR: dir };
  const config = readConfig({ ...env, CLOUDPACT_LOG_COLLECTOR: `tcp://localhost:${relay.port}` });
  assert.deepEqual(config.logCollector, { tls: false, host: 'localhost', port: relay.port, ca: undefined });
  const shipper = shipTo(config.logCollector);
  const log = openLog('warn', alsoTo(shipper));
  log.info({ n: 1 }, 'below the level');
  log.warn({ n: 2 }, 'said');
  await until(() => relay.messages.length > 0);
  await shipper.close();
  assert.deepEqual(numbers(relay), [2]);
  assert.match(relay.messages[0]!.head, /^<132>1 \d{4}-.*Z \S+ cloudpact \d+ - - $/);
  await relay.close();
});

test('a server that is told of a collector sends it what it logs, and doctor looks at it', async () => {
  const there = await collector();
  const database = `collector_${process.pid}`;
  const admin = new pg.Client({ connectionString: await testPostgres() });
  await admin.connect();
  await admin.query(`create database ${database}`);
  const url = new URL(await testPostgres());
  url.pathname = `/${database}`;
  const env = {
    ...process.env,
    DATABASE_URL: url.href,
    CLOUDPACT_DATA_DIR: dir,
    PORT: '0',
    CLOUDPACT_LOG_COLLECTOR: `tls://localhost:${there.port}`,
    CLOUDPACT_LOG_COLLECTOR_CA_FILE: caFile,
  };
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const server: ChildProcess = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env,
    stdio: [...stdio],
  });
  const ready = new Promise<void>((resolve, reject) => {
    server.on('message', (said: { type: string; message?: string }) =>
      said.type === 'ready' ? resolve() : reject(new Error(said.message)),
    );
    server.once('exit', (code) => reject(new Error(`exit ${code}`)));
  });
  try {
    await ready;
    await until(() => there.messages.length > 0);
    const doctor = await promisify(execFile)(process.execPath, ['server/cli/main.ts', 'doctor'], {
      cwd: ROOT,
      env,
    }).catch((error: { stdout: string }) => error);
    assert.match(doctor.stdout, new RegExp(`✓ log collector: tls://localhost:${there.port}`));
    const { CLOUDPACT_LOG_COLLECTOR: _, ...without } = env;
    const none = await promisify(execFile)(process.execPath, ['server/cli/main.ts', 'doctor'], {
      cwd: ROOT,
      env: without,
    }).catch((error: { stdout: string }) => error);
    assert.match(
      none.stdout,
      /– log collector: the log stays on this machine\n +→ CLOUDPACT_LOG_COLLECTOR=tls/,
    );
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    await admin.query(`drop database if exists ${database} with (force)`);
    await admin.end();
    await there.close();
  }
});
