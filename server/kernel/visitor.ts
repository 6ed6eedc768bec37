import { isIPv6 } from 'node:net';

/** Whom throttling counts as one: an IPv6 visitor has a whole /64. */
export function visitorOf(ip: string): string {
  return first(ip, 4);
}

/** What usually belongs to one house: a /24, or a /48 of IPv6. */
export function networkOf(ip: string): string {
  return first(ip, 3);
}

/** What usually belongs to one provider: a /16, or a /32 of IPv6. */
export function wideNetworkOf(ip: string): string {
  return first(ip, 2);
}

/** So many bytes of an IPv4 address, or groups of an IPv6 one. */
function first(ip: string, parts: number): string {
  if (!isIPv6(ip)) return ip.split('.').slice(0, parts).join('.');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return first(mapped, parts);
  const [head = '', tail = ''] = ip.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = ip.includes('::') ? Array<string>(8 - front.length - back.length).fill('0') : [];
  return [...front, ...zeros, ...back]
    .slice(0, parts)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
