/** DomainProofs: the port to the names and sites of the public internet, where a customer shows that a domain is theirs. */

/** `unavailable`: nothing could be asked, so nothing is known; asked again later. */
export type Seen = 'there' | 'missing' | 'unavailable';

export interface DomainProofs {
  /** Whether a TXT record of this name is just this text. `name` is in the form of the DNS. */
  txt(name: string, text: string): Promise<Seen>;
  /** Whether the site of this domain answers this path with just this text: over HTTP, without being led elsewhere. */
  file(domain: string, path: string, text: string): Promise<Seen>;
}

declare module '#kernel/house.ts' {
  interface Ports {
    domainProofs: DomainProofs;
  }
}
