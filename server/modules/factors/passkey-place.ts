import type { FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import { problem } from './rules.ts';

/** For whom a passkey is made and where it may be shown (WebAuthn §5.1.2). */
export interface PasskeyPlace {
  rpId: string;
  origin: string;
}

/**
 * The brand's own host: a passkey of one brand opens nothing at another, and one asked for under a name that isn't the
 * brand's is never made. Throws `passkeys-not-here`, as for a bare address.
 */
export function passkeyPlace(house: House, request: FastifyRequest): PasskeyPlace {
  const rpId = rpIdOf(request.hostname.toLowerCase(), request.ctx.brand.domains, house.config);
  if (!rpId) throw problem['passkeys-not-here']();
  return { rpId, origin: `${request.protocol}://${request.host}` };
}

function rpIdOf(
  host: string,
  domains: readonly string[],
  { publicUrl, production }: { publicUrl: string; production: boolean },
): string | null {
  const own = domains.find((domain) =>
    domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain,
  );
  if (own) return host;
  if (host === new URL(publicUrl).hostname && !/^[\d.:[\]]+$/.test(host)) return host;
  if (!production && (host === 'localhost' || host.endsWith('.localhost'))) return host;
  return null;
}
