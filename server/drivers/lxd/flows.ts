import { spawn } from 'node:child_process';
import type { PortMapping } from '#modules/compute/driver.ts';
import { listenerKey } from '#modules/compute/spec.ts';
import { unreachable } from './failures.ts';

/**
 * Ends the connections that came to an address by listeners that are no more. The daemon takes a mapping's rule away, and
 * the kernel goes on passing what it rewrote before: a connection that is kept open would outlive its mapping for ever,
 * and lead to whoever has the address next.
 * @param address the instance's own
 * @param kept mappings that it still has
 * @throws HypervisorError `unreachable`: the kernel's table can't be read or changed
 */
export async function endFlows(address: string, kept: PortMapping[]): Promise<void> {
  const standing = new Set(kept.map((port) => `${listenerKey(port)}>${port.targetPort}`));
  for (const protocol of ['tcp', 'udp'] as const) {
    const listed = await conntrack(['-L', '-f', 'ipv4', '-p', protocol, '--reply-src', address]);
    const gone = new Map(
      flowsIn(listed, protocol, address)
        .filter((flow) => !standing.has(flow.key))
        .map((flow) => [flow.key, flow] as const),
    );
    for (const { listenAddress, listenPort, targetPort } of gone.values())
      await conntrack([
        ...['-D', '-f', 'ipv4', '-p', protocol, '--reply-src', address],
        ...['--orig-dst', listenAddress, '--orig-port-dst', String(listenPort)],
        ...['--reply-port-src', String(targetPort)],
      ]);
  }
}

/** Those that were led to the address from another; what comes from the node itself isn't anybody's mapping. */
function flowsIn(listed: string, protocol: 'tcp' | 'udp', address: string) {
  return listed.split('\n').flatMap((line) => {
    // Two tuples a line, as it came and as it is answered: src= dst= sport= dport=, twice.
    const [listenAddress] = /(?<= dst=)\S+/.exec(line) ?? [];
    const [listenPort] = /(?<= dport=)\d+/.exec(line) ?? [];
    const targetPort = [...line.matchAll(/ sport=(\d+)/g)].at(-1)?.[1];
    if (!listenAddress || !listenPort || !targetPort || listenAddress === address) return [];
    const flow = { protocol, listenAddress, listenPort: Number(listenPort), targetPort: Number(targetPort) };
    return { ...flow, key: `${listenerKey(flow)}>${flow.targetPort}` };
  });
}

/** What the program writes; that nothing matched is its 1, without being an error. */
function conntrack(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
    const child = spawn('conntrack', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.once('error', (error) => reject(unreachable('conntrack', error)));
    child.once('close', (code) => {
      if (code === 0 || (code === 1 && /\b0 flow entries have been/.test(said.stderr))) resolve(said.stdout);
      else reject(unreachable('conntrack', said.stderr.trim().slice(0, 300)));
    });
  });
}
