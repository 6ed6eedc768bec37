import type { Brand } from './brands.ts';
import type { Bus } from './events.ts';
import type { Locale } from './text.ts';

/** Who acts. A customer's actor names the person (user) and the customer on whose behalf. */
export type Actor =
  | { kind: 'system'; name: string }
  | { kind: 'visitor' }
  | { kind: 'customer'; customerId: string; userId: string; sessionId: string }
  | { kind: 'staff'; staffId: string; sessionId: string };

/** What a verb knows of the world around it; everything here is a value. */
export interface Ctx {
  readonly now: Date;
  readonly brand: Brand;
  readonly actor: Actor;
  readonly locale: Locale;
  readonly bus: Bus;
  /** Of the HTTP request, if one is behind this act. */
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
