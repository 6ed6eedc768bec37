import { Agent, request } from 'undici';

/** How the benches of people ask: eight connections, kept. */
export const agent = new Agent({ connections: 8, pipelining: 1 });

/** Of a route of the API. */
export async function statusOf(base: string, cookie: string | null, path = '/brand'): Promise<number> {
  const answer = await request(`${base}/api/v1${path}`, {
    dispatcher: agent,
    headers: cookie ? { cookie } : {},
  });
  await answer.body.dump();
  return answer.statusCode;
}
