import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What both scanners of tests know to be malicious. Not EICAR's string, which would trip scanners over these sources. */
export const MALICIOUS = 'cloudpact-test-what-no-file-has-inside';

export interface Clamd {
  path: string;
  stop(): Promise<void>;
}

const PROGRAM = '/usr/sbin/clamd';

/** Why no real one can run here, or null. For `t.skip`. */
export function noClamd(): string | null {
  return existsSync(PROGRAM) ? null : `no ${PROGRAM} (apt-get install clamav-daemon)`;
}

/** A real clamd with one signature of our own (ClamAV, "Extended signature format"). */
export async function realClamd(): Promise<Clamd> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-clamd-'));
  const path = join(dir, 'clamd.sock');
  const conf = join(dir, 'clamd.conf');
  await writeFile(join(dir, 'own.ndb'), `Cloudpact.Test:0:*:${Buffer.from(MALICIOUS).toString('hex')}\n`);
  await writeFile(conf, `LocalSocket ${path}\nDatabaseDirectory ${dir}\nForeground yes\n`);
  const clamd = spawn(PROGRAM, ['--config-file', conf], { stdio: 'ignore' });
  const stop = async () => {
    await ended(clamd);
    await rm(dir, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 300 && clamd.exitCode === null; tries++) {
    if (existsSync(path)) return { path, stop };
    await sleep(100);
  }
  await stop();
  throw new Error('clamd did not start');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve).kill('SIGKILL'));
}

/** Speaks as clamd does for the two commands that are used, or as `answer` says. */
export async function standInClamd(answer = clamdAnswer): Promise<Clamd> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-clamd-'));
  const path = join(dir, 'clamd.sock');
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let sent = Buffer.alloc(0);
    socket.on('error', () => undefined); // a client that goes away
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk]);
      const said = answer(sent);
      if (said !== null) socket.end(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stop = async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true, force: true });
  };
  return { path, stop };
}

/** Null until the whole command has come. */
function clamdAnswer(sent: Buffer): string | null {
  const command = sent.subarray(0, Math.max(0, sent.indexOf(0))).toString();
  if (command === 'zVERSION') return 'ClamAV 1.4.3/27700/Sun Mar  1 00:00:00 2026\0';
  if (command !== 'zINSTREAM') return sent.includes(0) ? 'UNKNOWN COMMAND\0' : null;
  const chunks: Buffer[] = [];
  for (let at = command.length + 1; at + 4 <= sent.length; ) {
    const length = sent.readUInt32BE(at);
    if (length === 0)
      return Buffer.concat(chunks).includes(MALICIOUS) ? 'stream: Cloudpact.Test FOUND\0' : 'stream: OK\0';
    chunks.push(sent.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}
