import type { Brand } from '#kernel/brands.ts';
import { systemClock } from '#kernel/clock.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { Bus } from '#kernel/events.ts';

/** The command's own doing, in the brand's name. */
export function commandCtx(brand: Brand, name: string, bus = new Bus()): Ctx {
  return {
    now: systemClock.now(),
    brand,
    actor: { kind: 'system', name },
    locale: 'zh',
    bus,
    requestId: null,
    ip: null,
    userAgent: null,
  };
}
