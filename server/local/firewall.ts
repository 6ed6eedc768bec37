import { writeFile } from 'node:fs/promises';
import { programPath } from './lxd-flavour.ts';
import { mustRun } from './program.ts';

export interface Fenced {
  bridge: string;
  subnet: string;
  gateway: string;
}

/**
 * Networks that are nobody's on the internet: the provider's own, the node's other bridges, link-local with the
 * metadata services of clouds. Sources: RFC 6890, RFC 1918, RFC 6598.
 */
const closedNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
];

/** A connection without an answer stays new: each of its packets would count as another; and answers come again. */
const [countedMark, answeredMark] = ['0x00010000', '0x00020000'];

function tableName(bridge: string): string {
  return `cloudpact_${bridge}`;
}

/**
 * The rules for one bridge, as a whole file: its old table goes and the new one comes in one transaction.
 *
 * From a container: out to the internet; to the public ports of others, which reach us rewritten (`dnat`); DHCP and
 * DNS of the bridge. Not: the node itself by any of its addresses, other containers' private addresses (the
 * bridge's port isolation doesn't see what is sent by way of the gateway), private networks. Into a container: what
 * it asked for, and its mapped ports. Sources other than the bridge's own are dropped before anything looks at them;
 * that each is the instance's own is the hypervisor's filter on its port.
 *
 * What each container begins is counted by its address: connections, distinct targets among them, those to other hosts'
 * mail, and those of TCP that somebody answered. With whom stays in the kernel for a minute, so that a target counts once, and is never read.
 */
export function firewallRules({ bridge, subnet, gateway }: Fenced): string {
  return `table inet ${tableName(bridge)}
delete table inet ${tableName(bridge)}
table inet ${tableName(bridge)} {
  set closed {
    type ipv4_addr
    flags interval
    elements = { ${closedNetworks.join(', ')} }
  }

  set connections { type ipv4_addr; flags dynamic; counter; size 65536; }
  set targets { type ipv4_addr; flags dynamic; counter; size 65536; }
  set mails { type ipv4_addr; flags dynamic; counter; size 65536; }
  set answers { type ipv4_addr; flags dynamic; counter; size 65536; }
  set lately { type ipv4_addr . ipv4_addr . inet_service; flags dynamic,timeout; timeout 1m; size 262144; }

  chain source {
    type filter hook prerouting priority raw; policy accept;
    iifname != "${bridge}" ip saddr ${subnet} fib saddr type != local drop
    iifname != "${bridge}" accept
    meta nfproto ipv6 drop
    ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
    ip saddr ${gateway} drop
    ip saddr != ${subnet} drop
  }

  chain to_node {
    type filter hook input priority filter - 10; policy accept;
    iifname != "${bridge}" accept
    ct state established,related accept
    udp sport 68 udp dport 67 accept
    ip daddr ${gateway} udp dport 53 accept
    ip daddr ${gateway} tcp dport 53 accept
    drop
  }

  chain answered {
    ct mark & ${answeredMark} != 0 return
    ct mark set ct mark | ${answeredMark}
    add @answers { ip daddr }
  }

  chain counted {
    type filter hook forward priority filter - 11; policy accept;
    oifname "${bridge}" ct direction reply tcp flags & (syn | ack) == (syn | ack) jump answered
    iifname != "${bridge}" accept
    ct state != new accept
    ct mark & ${countedMark} != 0 accept
    ct mark set ct mark | ${countedMark}
    add @connections { ip saddr }
    tcp dport 25 add @mails { ip saddr }
    ip saddr . ip daddr . tcp dport != @lately add @lately { ip saddr . ip daddr . tcp dport } add @targets { ip saddr }
  }

  chain through {
    type filter hook forward priority filter - 10; policy accept;
    iifname != "${bridge}" oifname != "${bridge}" accept
    ct state invalid drop
    ct state established,related accept
    ct status dnat accept
    oifname "${bridge}" drop
    ip daddr @closed drop
    ip daddr ${subnet} drop
  }

  chain hairpin {
    type nat hook postrouting priority srcnat - 10; policy accept;
    ip saddr ${subnet} ip daddr ${subnet} oifname "${bridge}" ct status dnat masquerade
  }
}
`;
}

/** Puts the rules in place, or the same again. Checked by nft as a whole before anything changes. */
export async function raiseFirewall(fenced: Fenced): Promise<void> {
  const rules = firewallRules(fenced);
  const env = { ...process.env, PATH: programPath };
  await mustRun('nft', ['--check', '--file', '-'], { input: rules, env });
  await mustRun('nft', ['--file', '-'], { input: rules, env });
  // The kernel would tell a container to go to its neighbour directly, where the bridge's isolation stops it.
  await setKernel(`net/ipv4/conf/${fenced.bridge}/send_redirects`, '0');
  // With this on, a packet to a neighbour's public port is rewritten inside the bridge and sent on there, into the
  // isolation, in place of being routed. Off is the kernel's own default wherever br_netfilter isn't loaded.
  await setKernel('net/bridge/bridge-nf-call-iptables', '0');
}

/** What isn't there (a bridge yet to be made, a module that isn't loaded) needs no setting. */
async function setKernel(name: string, value: string): Promise<void> {
  await writeFile(`/proc/sys/${name}`, value).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

export async function removeFirewall(bridge: string): Promise<void> {
  const name = tableName(bridge);
  const rules = `table inet ${name}\ndelete table inet ${name}\n`;
  await mustRun('nft', ['--file', '-'], { input: rules, env: { ...process.env, PATH: programPath } });
}
