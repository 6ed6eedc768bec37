/** What was chosen on the order page, kept while the customer settles what is still open. Never a password. */

export interface OrderDraft {
  plan?: string;
  region?: string;
  image?: string;
  hostname?: string;
  months?: number;
  access?: 'ssh_key' | 'password';
  public_key?: string;
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

export function keepDraft({ plan, region, image, hostname, months, access, public_key }: OrderDraft): void {
  sessionStorage.setItem(KEPT, JSON.stringify({ plan, region, image, hostname, months, access, public_key }));
}

export function dropDraft(): void {
  sessionStorage.removeItem(KEPT);
}
