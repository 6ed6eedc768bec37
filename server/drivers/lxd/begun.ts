import { spawn } from 'node:child_process';
import type { Begun } from '#modules/compute/driver.ts';
import { unreachable } from './failures.ts';

/** The sets of the bridge's table (server/local/firewall.ts): an instance's address, and how often it did this. */
const SETS = ['connections', 'targets', 'mails', 'answers'] as const satisfies (keyof Begun)[];

/**
 * What each address of a bridge began since its counters were raised. Null where nobody counts: no such table (a node
 * whose rules are the operator's), no `nft`, or no right to look.
 * @throws HypervisorError `unreachable`: what the kernel answers isn't what we know
 */
export async function begunBy(network: string): Promise<((address: string) => Begun) | null> {
  const [connections, targets, mails, answers] = await Promise.all(
    SETS.map((name) => counters(network, name)),
  );
  if (!connections || !targets || !mails || !answers) return null;
  return (address) => ({
    connections: connections.get(address) ?? 0n,
    targets: targets.get(address) ?? 0n,
    mails: mails.get(address) ?? 0n,
    answers: answers.get(address) ?? 0n,
  });
}

interface Listed {
  nftables: { set?: { elem?: { elem: { val: string; counter: { packets: number } } }[] } }[];
}

/** One set in a call: of several, nft 1.0.6 finds the last alone. */
async function counters(network: string, name: keyof Begun): Promise<Map<string, bigint> | null> {
  const answer = await nft(['list', 'set', 'inet', `cloudpact_${network}`, name]);
  if (answer === null) return null;
  const elements = (JSON.parse(answer) as Listed).nftables.flatMap(({ set }) => set?.elem ?? []);
  return new Map(elements.map(({ elem }) => [elem.val, BigInt(elem.counter.packets)]));
}

/** Null: there is nothing to list, or nobody who may. */
function nft(command: string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
    const child = spawn('nft', ['--json', ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(null) : reject(unreachable('nft', error)),
    );
    child.once('close', (code) => {
      if (code === 0) resolve(said.stdout);
      else if (/No such file or directory|Operation not permitted/.test(said.stderr)) resolve(null);
      else reject(unreachable('nft', said.stderr.trim().slice(0, 300)));
    });
  });
}
