import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';

/** Who the customers of a list are: the links of one page ask together, not each for itself. */

/** As many as the route takes at once. */
const MOST = 100;

let waiting: Map<string, Promise<string | null>> | null = null;

function nameOf(id: string): Promise<string | null> {
  if (!waiting || waiting.size >= MOST) {
    const batch = new Map<string, Promise<string | null>>();
    waiting = batch;
    // Filled by whoever renders in the same turn.
    const names = Promise.resolve().then(async () => {
      await new Promise((done) => setTimeout(done, 0));
      if (waiting === batch) waiting = null;
      const query = { ids: [...batch.keys()].join(',') };
      const { items } = await answer(api.GET('/api/v1/staff/customers/names', { params: { query } }));
      return new Map(items.map((each) => [each.id, each.shown]));
    });
    asked.set(batch, names);
  }
  const batch = waiting;
  const known = batch.get(id);
  if (known) return known;
  const name = asked.get(batch)!.then((names) => names.get(id) ?? null);
  batch.set(id, name);
  return name;
}

const asked = new WeakMap<Map<string, Promise<string | null>>, Promise<Map<string, string>>>();

export function customerNameQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer-name', id],
    queryFn: () => nameOf(id),
    staleTime: 300_000,
    retry: false,
  });
}
