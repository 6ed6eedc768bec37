import { answer, api } from './client.ts';
import { pages } from './pages.ts';
import type { Answer } from './types.ts';

/** The account's own part of the record of acts. */

export type RecordedAct = Answer<'/api/v1/account/audit', 'get'>['items'][number];

export interface RecordFilter {
  by?: 'member' | 'staff' | 'system';
  action?: string;
  from?: string;
  to?: string;
}

const read = (query: RecordFilter & { before?: string }) =>
  answer(api.GET('/api/v1/account/audit', { params: { query } }));

export function recordQuery(filter: RecordFilter) {
  return pages(['record', JSON.stringify(filter)], (page) => read({ ...filter, ...page }));
}

/** All that a file may hold: newest first, no more than `most`. */
export async function recordRead(filter: RecordFilter, most: number): Promise<RecordedAct[]> {
  const acts: RecordedAct[] = [];
  let next: string | null | undefined;
  while (next !== null && acts.length < most) {
    const page = await read({ ...filter, ...(next ? { before: next } : {}) });
    acts.push(...page.items);
    next = page.next;
  }
  return acts.slice(0, most);
}
