import type { Brand } from './brands.ts';
import type { Bus } from './events.ts';
import type { Grant } from './grant.ts';
import type { Locale } from './text.ts';

export type { Grant } from './grant.ts';

/**
 * Who acts. A customer's actor names the person (user) and the customer on whose behalf; `keyId` is the API key that
 * called, whose id is the session's too; `behalf` the staff member who is signed in as this customer.
 */
export type Actor =
  | { kind: 'system'; name: string }
  | { kind: 'visitor' }
  | {
      kind: 'customer';
      customerId: string;
      userId: string;
      sessionId: string;
      grant: Grant;
      keyId: string | null;
      behalf: string | null;
      /** A second factor is asked for here, and this session has shown none. */
      factorAsked?: true;
    }
  | { kind: 'staff'; staffId: string; sessionId: string; grant: Grant };

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
  /** A page asks by itself while nobody is at it: that is no use of a session. */
  readonly unattended?: boolean;
}
