import type { House } from '#kernel/house.ts';
import { lookAtSite } from '#kernel/public-site.ts';

const EVERY_MS = 12 * 3_600_000;
/** The proxy may be told of us only now. */
const FIRST_MS = 30_000;

/** In production, looks at the public address as visitors meet it: soon after the start, then twice a day. */
export function watchSite({ config, clock, log }: House): () => void {
  if (!config.production || config.role === 'worker') return () => undefined;
  const look = async () => {
    try {
      for (const { good, name, detail, remedy } of await lookAtSite(config.publicUrl, { now: clock.now() }))
        if (!good) log.warn({ name, detail, remedy }, 'the public address is not as it should be');
    } catch (err) {
      // Whatever comes of looking is no reason to stop serving.
      log.error({ err }, 'the public address could not be looked at');
    }
  };
  const first = setTimeout(() => void look(), FIRST_MS).unref();
  const again = setInterval(() => void look(), EVERY_MS).unref();
  return () => {
    clearTimeout(first);
    clearInterval(again);
  };
}
