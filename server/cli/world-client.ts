import { ApiProblem } from '#server/client.ts';
import type { WorldState } from '#server/world-serve.ts';
import { CommandError } from './command.ts';

export interface WorldNow {
  now: string;
  target: string | null;
  stops: number;
  failed: string | null;
}

export interface WorldClient {
  state(): Promise<WorldNow>;
  advance(to: { by: string } | { until: string }): Promise<WorldNow>;
}

/** A world's own API, signed in as its staff. Its routes are in no OpenAPI document: only worlds have them. */
export async function worldClient(state: WorldState): Promise<WorldClient> {
  const base = `${state.url}/api/v1`;
  const staff = state.logins.find(({ role }) => role === 'staff')!;
  const ask = async (path: string, cookie: string, body?: object): Promise<Response> => {
    const answer = await fetch(base + path, {
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (answer.ok) return answer;
    const { message } = new ApiProblem((await answer.json()) as Record<string, unknown>);
    throw new CommandError(message);
  };
  const { email, password } = staff;
  const signedIn = await ask('/staff/auth/sign-in', '', { email, password });
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
  const read = async (answer: Promise<Response>) => (await (await answer).json()) as WorldNow;
  return {
    state: () => read(ask('/staff/world', cookie)),
    advance: (to) => read(ask('/staff/world/advance', cookie, to)),
  };
}
