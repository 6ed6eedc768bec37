/** What was chosen on the order page, kept while the customer settles what is still open. Never a password. */

import type { OptionValues } from '../forms/options-field.tsx';

export interface OrderDraft {
  plan?: string;
  region?: string;
  image?: string;
  hostname?: string;
  months?: number;
  access?: 'ssh_key' | 'password';
  public_key?: string;
  quantity?: number;
  options?: OptionValues;
}

const KEPT = 'order-draft';

export function readDraft(): OrderDraft {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    return typeof kept === 'object' && kept !== null ? kept : {};
  } catch {
    // Somebody wrote something else there: begin anew.
    return {};
  }
}

export function keepDraft(draft: OrderDraft): void {
  const { plan, region, image, hostname, months, access, public_key, quantity, options } = draft;
  const kept = { plan, region, image, hostname, months, access, public_key, quantity, options };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

export function dropDraft(): void {
  sessionStorage.removeItem(KEPT);
}
