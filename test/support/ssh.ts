import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshTarget } from '#server/story/ssh.ts';

/** A program by which ssh is told a password, and how to throw it away. */
export async function askpass(): Promise<{ file: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-askpass-'));
  const file = join(dir, 'askpass');
  await writeFile(file, '#!/bin/sh\nprintf "%s\\n" "$CP_PASSWORD"\n');
  await chmod(file, 0o700);
  return { file, remove: () => rm(dir, { recursive: true, force: true }) };
}

const HOSTS = [
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'ConnectTimeout=5',
];

/** Whether root comes in with this password, and with nothing else: true, false, or null where nobody answers. */
export async function entersByPassword(
  { host, port }: Omit<SshTarget, 'keyFile'>,
  password: string,
  asker: string,
): Promise<boolean | null> {
  const only = ['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'];
  const child = spawn('ssh', [...HOSTS, ...only, '-p', String(port), `root@${host}`, 'echo in'], {
    env: { ...process.env, SSH_ASKPASS: asker, SSH_ASKPASS_REQUIRE: 'force', CP_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return answered(child);
}

/** The same with a key. */
export async function entersByKey({ host, port, keyFile }: SshTarget): Promise<boolean | null> {
  const only = ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', keyFile];
  const args = [...HOSTS, ...only, '-p', String(port), `root@${host}`, 'echo in'];
  return answered(spawn('ssh', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function answered(child: ChildProcess): Promise<boolean | null> {
  const said = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code === 0 && said.out === 'in\n') return true;
  return /Permission denied/.test(said.err) ? false : null;
}

/** A session that stays: `entered` once its command has begun, `over` when it ends, however it does. */
export function lingering({ host, port, keyFile }: SshTarget): {
  entered: Promise<void>;
  over: Promise<void>;
  end(): void;
} {
  const only = ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', keyFile];
  const alive = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=3'];
  const args = [...HOSTS, ...only, ...alive, '-p', String(port), `root@${host}`, 'echo in; exec sleep 3000'];
  const child = spawn('ssh', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const entered = new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('close', () => reject(new Error('the session ended before it began')));
  });
  return { entered, over, end: () => void child.kill() };
}
