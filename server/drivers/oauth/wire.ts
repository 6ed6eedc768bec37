import { ProviderError } from '#modules/federation/driver.ts';

/** What the OAuth 2.0 dialects of QQ, WeChat and GitHub have in common: a code comes back, and is asked about by HTTPS. */

export interface OauthConfig {
  clientId: string;
  clientSecret: string;
  sandbox: boolean;
  /** Bound on one call. Default 10 s. */
  timeoutMs?: number;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * The JSON object that a provider answers with, whatever its status and media type: WeChat says `text/plain`, and errors
 * come with 200. Throws ProviderError `unavailable`, which names no address: tokens stand in the query of some.
 */
export async function askJson(
  url: URL,
  init: { method?: 'POST'; headers?: Record<string, string>; body?: URLSearchParams; timeoutMs?: number },
): Promise<Record<string, unknown>> {
  const { timeoutMs = TIMEOUT_MS, ...request } = init;
  let text: string;
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    text = await bounded(response);
  } catch (error) {
    throw new ProviderError('unavailable', `${url.host}: ${reasonOf(error)}`);
  }
  const value = objectIn(text);
  if (!value) throw new ProviderError('unavailable', `${url.host}: no JSON object came`);
  return value;
}

/** fetch's own message names the address; its cause and an error's name don't. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
  if (/^(status \d+|too long)$/.test(message)) return message;
  return typeof cause?.code === 'string' ? cause.code : name;
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > BODY_LIMIT_BYTES) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Plain, or in the `callback( … );` that QQ wraps errors in even where JSON was asked for. */
function objectIn(text: string): Record<string, unknown> | null {
  const wrapped = text.trimStart().startsWith('callback(');
  const inner = wrapped ? text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1) : text;
  try {
    const value: unknown = JSON.parse(inner);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The code that came back. Without one, somebody said no, unless an error of another kind is named. */
export function codeOf(answer: URLSearchParams): string {
  const error = answer.get('error');
  if (error && error !== 'access_denied') throw new ProviderError('refused', `answered ${short(error)}`);
  const codes = answer.getAll('code');
  if (error || codes.length === 0) throw new ProviderError('denied', 'no code came');
  const [code = ''] = codes;
  if (codes.length > 1 || !/^[\x21-\x7e]{1,512}$/.test(code))
    throw new ProviderError('refused', 'what came is no code');
  return code;
}

/** A text of ordinary length that has to be there. Throws ProviderError `refused`. */
export function textIn(value: Record<string, unknown>, name: string): string {
  const text = value[name];
  if (typeof text !== 'string' || text === '' || text.length > 512)
    throw new ProviderError('refused', `${name} is missing`);
  return text;
}

export function maybeText(value: Record<string, unknown>, name: string): string | null {
  const text = value[name];
  return typeof text === 'string' && text !== '' && text.length <= 512 ? text : null;
}

/** A provider's error code, for a log: letters, digits and signs that say nothing else. */
export function short(code: unknown): string {
  return (
    String(code)
      .replace(/[^\w.-]/g, '')
      .slice(0, 60) || 'an error'
  );
}
