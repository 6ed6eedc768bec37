import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SshKey {
  file: string;
  publicKey: string;
  remove(): Promise<void>;
}

/** A fresh ed25519 key pair by the system's ssh-keygen. */
export async function newSshKey(): Promise<SshKey> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-key-'));
  const file = join(dir, 'id_ed25519');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'story', '-f', file]);
  return {
    file,
    publicKey: (await readFile(`${file}.pub`, 'utf8')).trim(),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

export interface SshTarget {
  host: string;
  port: number;
  keyFile: string;
}

/** One command on the machine by the system's ssh client. Resolves to its output; throws when ssh or the command fails. */
export async function ssh(target: SshTarget, command: string): Promise<string> {
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=5',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
  ];
  const { stdout } = await run(
    'ssh',
    [
      ...options.flatMap((option) => ['-o', option]),
      '-i',
      target.keyFile,
      '-p',
      String(target.port),
      `root@${target.host}`,
      command,
    ],
    { timeout: 20_000 },
  );
  return stdout;
}

/** Tries for up to `seconds` until the machine lets us in. */
export async function sshWithin(target: SshTarget, command: string, seconds: number): Promise<string> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    try {
      return await ssh(target, command);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
