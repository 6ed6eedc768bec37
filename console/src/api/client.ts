import { useMutation } from '@tanstack/react-query';
import createClient from 'openapi-fetch';
import { useRef } from 'react';
import { currentLocale } from '../i18n/locale.ts';
import { attended } from './attended.ts';
import { ApiProblem } from './problem.ts';
import { proofOfWork } from './proof-of-work.ts';
import { provedAgain } from './prove-again.ts';
import type { paths } from './schema.d.ts';

export const API_BASE = '/api/v1';

export const api = createClient<paths>({ credentials: 'same-origin' });
api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', currentLocale() === 'zh' ? 'zh-CN' : 'en');
    if (!attended()) request.headers.set('unattended', '1');
    return request;
  },
});
api.use(proofOfWork());

/** The data of an answer; throws ApiProblem for everything that isn't a success. */
export async function answer<T>(
  pending: Promise<{ data?: T | undefined; error?: unknown; response: Response }>,
): Promise<T> {
  let reply: Awaited<typeof pending>;
  try {
    reply = await pending;
  } catch (error) {
    throw new ApiProblem(0, null, { cause: error });
  }
  if (!reply.response.ok) throw new ApiProblem(reply.response.status, reply.error);
  return reply.data as T;
}

/** 128 random bits. (`crypto.randomUUID` is missing on plain-http addresses other than localhost.) */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Header of a POST that makes a thing or moves money. */
export function keyed(key: string) {
  return { 'idempotency-key': key };
}

/**
 * One intended act keeps its key over all attempts, until the server has settled it: a double click or a
 * retry after a lost answer can't buy twice. Another input is another act.
 */
export function useAct<In, Out>(
  act: (input: In, key: string) => Promise<Out>,
  options: { onSuccess?: (out: Out, input: In) => unknown; onError?: (error: Error) => unknown } = {},
) {
  const intent = useRef<{ body: string; key: string } | null>(null);
  return useMutation<Out, Error, In>({
    mutationFn: async (input) => {
      const body = JSON.stringify(input) ?? '';
      if (intent.current?.body !== body) intent.current = { body, key: newKey() };
      const { key } = intent.current;
      try {
        const out = await act(input, key).catch(async (error: unknown) => {
          if (!(await provedAgain(error))) throw error;
          return act(input, key);
        });
        intent.current = null;
        return out;
      } catch (error) {
        if (error instanceof ApiProblem && error.settled) intent.current = null;
        throw error;
      }
    },
    onSuccess: (out, input) => options.onSuccess?.(out, input),
    onError: (error) => options.onError?.(error),
  });
}
