import type { Does } from '#kernel/grant.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    keys_key: KeyTable;
    keys_nonce: NonceTable;
  }
}

export type KeyKind = 'bearer' | 'signed';

export interface KeyTable {
  id: string;
  brand: string;
  customer_id: string;
  user_id: string;
  name: string;
  kind: KeyKind;
  secret_hash: Buffer | null;
  secret_sealed: Buffer | null;
  areas: Partial<Record<string, Does>>;
  services: string[] | null;
  /** cidr[]: texts such as 192.0.2.0/24. */
  addresses: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  last_used_ip: string | null;
}

export interface NonceTable {
  key_id: string;
  nonce: string;
  expires_at: Date;
}
