import ipaddr from 'ipaddr.js';

/** What an operator or a test opens beside the public internet, for requests to addresses that others name. */
export interface Allowance {
  /** Networks in CIDR notation. */
  networks: readonly string[];
  /** Ports beside 80 and 443. */
  ports: readonly number[];
}

/**
 * Public by their range, and still an inside of somebody: Azure answers a machine's questions about itself here.
 * Others' metadata (169.254.169.254, 100.100.100.200, fd00:ec2::254) is in ranges that aren't public anyway.
 */
const INSIDE = new Set(['168.63.129.16']);

/** All IPv6 that is given out to the public (IANA IPv6 Address Space); what else parses as unicast is nobody's. */
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether a stranger may make us connect to this address: public unicast alone (IANA special-purpose registries, RFC
 * 6890), an IPv4 address inside IPv6 judged as what it is; not NAT64, 6to4 or Teredo, which lead elsewhere.
 */
export function isPublicAddress(address: string, allow?: Allowance): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (allow?.networks.some((network) => inNetwork(parsed, network))) return true;
  if (parsed.range() !== 'unicast' || INSIDE.has(parsed.toString())) return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_V6 as [ipaddr.IPv6, number]);
}

export function isNetwork(network: string): boolean {
  return ipaddr.isValidCIDR(network);
}

function inNetwork(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base as never, bits);
}
