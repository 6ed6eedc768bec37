import { domainToASCII } from 'node:url';
import { parse } from 'tldts';

/**
 * A domain as people write it (蓝天.中国, Example.COM.) in the form of the DNS: ASCII, lower case, no dot at its end. Null
 * for addresses, names that end in no public suffix, and public suffixes themselves, which are nobody's own.
 */
export function domainForm(text: string): string | null {
  const trimmed = text
    .trim()
    .replace(/[。．｡]/g, '.')
    .replace(/\.$/, '');
  // Whatever would end the name inside a URL isn't part of one.
  if (!trimmed || /[\s/\\?#@:%[\]]/u.test(trimmed)) return null;
  const name = domainToASCII(trimmed).toLowerCase();
  if (
    name.length < 4 ||
    name.length > 253 ||
    !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name)
  )
    return null;
  const { isIp, domain, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  return isIp || domain === null || !(isIcann || isPrivate) ? null : name;
}

/** `domain` is `of`, or a name below it. */
export function isWithin(domain: string, of: string): boolean {
  return domain === of || domain.endsWith(`.${of}`);
}

/** Where the proof of a claim has to stand, and what it says. */
export function proofOf({ domain, token }: { domain: string; token: string }) {
  return {
    dns: { name: `_cloudpact.${domain}`, text: `cloudpact-domain=${token}` },
    file: { path: '/.well-known/cloudpact.txt', text: token },
  };
}
