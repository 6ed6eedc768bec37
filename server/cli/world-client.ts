import { totpCode } from '#modules/factors/index.ts';
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

/**
 * A world's own API, signed in as its staff; a session that is still open is used again, since a code is taken once.
 * Its routes are in no OpenAPI document: only worlds have them.
 */
export async function worldClient(state: WorldState, keep: (session: string) => void): Promise<WorldClient> {
  const base = `${state.url}/api/v1`;
  const send = (path: string, cookie: string, body?: object) =>
    fetch(base + path, {
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
  const ask = async (path: string, cookie: string, body?: object): Promise<Response> => {
    const answer = await send(path, cookie, body);
    if (answer.ok) return answer;
    const { message } = new ApiProblem((await answer.json()) as Record<string, unknown>);
    throw new CommandError(message);
  };
  const signIn = async () => {
    const { email, password, totp } = state.logins.find(({ role }) => role === 'staff')!;
    const first = cookieOf(await ask('/staff/auth/sign-in', '', { email, password }));
    const code = totpCode(totp!, await clockOf(state));
    const session = cookieOf(await ask('/staff/auth/second-factor', first, { factor: 'totp', code }));
    keep(session);
    return session;
  };
  const open = state.session && (await send('/staff/world', state.session)).ok;
  const cookie = open ? state.session! : await signIn();
  const read = async (answer: Promise<Response>) => (await (await answer).json()) as WorldNow;
  return {
    state: () => read(ask('/staff/world', cookie)),
    advance: (to) => read(ask('/staff/world/advance', cookie, to)),
  };
}

const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]!.split(';')[0]!;

/** What a world's clock shows. */
async function clockOf(state: WorldState): Promise<Date> {
  const answer = await fetch(`${state.url}/api/v1/brand`);
  const { moved_clock: moved } = (await answer.json()) as { moved_clock: { now: string } };
  return new Date(moved.now);
}

/** What staff type after their password: the code of the next half minute, as the commands may have used this one's. */
export function codeSoon(secret: string, now: string): string {
  return totpCode(secret, new Date(new Date(now).getTime() + 30_000));
}
