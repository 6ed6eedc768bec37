import { asSystem, type House } from '#kernel/house.ts';
import { claimSeen } from './claim.ts';
import type { Claim } from './claim-read.ts';
import type { Seen } from './driver.ts';
import { proofOf } from './name.ts';
import type { ProofMethod } from './tables.ts';
import './driver.ts';

/** Looks whether the proof of a claim stands, outside any transaction. */
export function proofSeen(
  { ports }: House,
  claim: Pick<Claim, 'domain' | 'token'>,
  method: ProofMethod,
): Promise<Seen> {
  const { dns, file } = proofOf(claim);
  return method === 'dns'
    ? ports.domainProofs.txt(dns.name, dns.text)
    : ports.domainProofs.file(claim.domain, file.path, file.text);
}

/** Looks again at a domain that was proven; a job, safe to run twice. */
export async function claimLook(house: House, id: string): Promise<void> {
  const claim = await house.db
    .selectFrom('domains_claim')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'proven')
    .executeTakeFirst();
  if (!claim) return;
  const seen = await proofSeen(house, claim, claim.method!);
  await asSystem(house, claim.brand, 'domains', (tx, ctx) => claimSeen(tx, ctx, id, seen));
}
