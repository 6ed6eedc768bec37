import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import type { Answer } from './types.ts';

/** The published roots of the ledger, and the proof of one's own entries. */

export type LedgerRoot = Answer<'/api/v1/ledger/roots', 'get'>['items'][number];
export type Proof = Answer<'/api/v1/ledger/proof', 'get'>;
export type ProofEntry = Proof['entries'][number];

export const rootsQuery = queryOptions({
  queryKey: ['ledger', 'roots'],
  queryFn: () => answer(api.GET('/api/v1/ledger/roots')),
});

/** All of the customer's own entries of a day, page by page. */
export async function readProof(day: string): Promise<Proof> {
  const entries: ProofEntry[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await answer(
      api.GET('/api/v1/ledger/proof', { params: { query: { day, ...(after ? { after } : {}) } } }),
    );
    entries.push(...page.entries);
    if (page.next === null) return { root: page.root, entries, next: null };
    after = page.next;
  }
}
