import { queryOptions } from '@tanstack/react-query';
import { currentLocale } from '../i18n/locale.ts';
import { API_BASE } from './client.ts';
import { ApiProblem } from './problem.ts';

/** The clock of a world. Only worlds have these routes, so the API's document, and our client of it, doesn't know them. */

export interface WorldNow {
  now: string;
  target: string | null;
  stops: number;
  failed: string | null;
}

async function ask(path: string, body?: object): Promise<WorldNow> {
  const headers = {
    'accept-language': currentLocale() === 'zh' ? 'zh-CN' : 'en',
    ...(body ? { 'content-type': 'application/json' } : {}),
  };
  let response: Response;
  try {
    response = await fetch(API_BASE + path, {
      headers,
      credentials: 'same-origin',
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
  } catch (error) {
    throw new ApiProblem(0, null, { cause: error });
  }
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiProblem(response.status, answer);
  return answer as WorldNow;
}

export const worldQuery = queryOptions({
  queryKey: ['staff', 'world'],
  queryFn: () => ask('/staff/world'),
  refetchInterval: ({ state }) => (state.data?.target ? 300 : 3_000),
});

export const worldAdvance = (to: { by: string } | { until: string }) => ask('/staff/world/advance', to);
