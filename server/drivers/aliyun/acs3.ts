import { createHash, createHmac, randomUUID } from 'node:crypto';

/**
 * A call of an Alibaba Cloud API of RPC style, signed by version 3 (V3版本请求体&签名机制: ACS3-HMAC-SHA256 over method,
 * path, query, headers and the body's hash). The official SDK of a service brings megabytes for what is one function.
 */

export interface Acs3Config {
  accessKeyId: string;
  accessKeySecret: string;
  /** Host, with a port if it isn't the protocol's own. */
  endpoint: string;
  protocol: 'https' | 'http';
  /** The real time: the service refuses what is a quarter of an hour off. */
  now: () => Date;
}

export interface Acs3Call {
  action: string;
  /** Of the API: 2017-05-25. */
  version: string;
  query: Record<string, string>;
  /** Sent as the body instead, which stands in nobody's log of addresses. */
  form?: Record<string, string>;
}

/** The answer's JSON, whatever its status. Throws when there was none: no connection, no JSON, no time left. */
export async function acs3Call(
  config: Acs3Config,
  call: Acs3Call,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const query = pairs(call.query);
  const body = call.form && pairs(call.form);
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
  const payload = digestOf(body ?? '');
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    host: config.endpoint,
    'x-acs-action': call.action,
    'x-acs-content-sha256': payload,
    'x-acs-date': `${config.now().toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': call.version,
  };
  const names = Object.keys(headers).join(';'); // written above in the order of the alphabet
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', query, lines.join(''), names, payload].join('\n');
  const digest = digestOf(canonical);
  const signature = createHmac('sha256', config.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${digest}`)
    .digest('hex');
  const { host: _, ...sent } = headers; // fetch writes it itself
  const response = await fetch(`${config.protocol}://${config.endpoint}/?${query}`, {
    method: 'POST',
    headers: {
      ...sent,
      authorization: `ACS3-HMAC-SHA256 Credential=${config.accessKeyId},SignedHeaders=${names},Signature=${signature}`,
    },
    ...(body === undefined ? {} : { body }),
    redirect: 'error',
    signal,
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null) throw new Error('an answer that is no object');
  return answer as Record<string, unknown>;
}

function pairs(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
