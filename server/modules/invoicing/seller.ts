import { createHash } from 'node:crypto';
import type { Brand } from '#kernel/brands.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Seller } from './tables.ts';
import './tables.ts';

/** The brand's facts as papers carry them. */
export function sellerFacts(brand: Brand): Seller {
  return {
    brand: brand.name,
    tagline: brand.tagline,
    colour: brand.theme.primary,
    zone: brand.zone,
    legal: brand.legal ?? null,
  };
}

/** The same with their name: papers point to what stood when they were issued. */
export function sellerOf(brand: Brand): { sha256: string; facts: string } {
  const facts = JSON.stringify(sellerFacts(brand));
  return { sha256: createHash('sha256').update(`${brand.id}\0${facts}`).digest('hex'), facts };
}

export async function sellerRead(db: Db | Tx, sha256: string): Promise<Seller> {
  const { facts } = await db
    .selectFrom('invoicing_seller')
    .select('facts')
    .where('sha256', '=', sha256)
    .executeTakeFirstOrThrow();
  return facts;
}
