import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import type tls from 'node:tls';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { failedOperation, failedRequest, unreachable } from './failures.ts';

/** Where a daemon answers and how it and we prove who we are. */
export interface LxdEndpoint {
  /** "unix:/absolute/path" or "https://host:8443". */
  endpoint: string;
  /** PEM. Needed by https, as LXD and Incus know their clients by certificate. */
  clientCert?: string | undefined;
  clientKey?: string | undefined;
  /** PEM of the daemon's own certificate; only a server with exactly this one is spoken to. */
  serverCert?: string | undefined;
}

/** https://documentation.ubuntu.com/lxd/en/latest/rest-api/ , "return values". */
interface Envelope {
  type: 'sync' | 'async' | 'error';
  metadata: unknown;
  error?: string;
  error_code?: number;
  operation?: string;
}

export interface Operation {
  id: string;
  class: 'task' | 'websocket' | 'token';
  status_code: number;
  err: string;
  resources: Record<string, string[]> | null;
  metadata: Record<string, unknown> | null;
}

export interface Answer<T> {
  body: T;
  /** For `If-Match` of a later PUT. */
  etag: string | null;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const requestTimeoutMs = 30_000;
/** The first create from an image unpacks it; over slow disks that takes minutes. */
const operationTimeoutMs = 300_000;
const operationSucceeded = 200;

/** One daemon's REST API. Opens connections as they're needed; `close` ends the idle ones. */
export class LxdConnection {
  readonly #agent: Agent;
  readonly #origin: string;
  readonly #tls: tls.ConnectionOptions;
  readonly #socketPath: string | null;

  constructor(endpoint: LxdEndpoint) {
    const unix = /^unix:(\/.+)$/.exec(endpoint.endpoint);
    this.#socketPath = unix?.[1] ?? null;
    if (!this.#socketPath && !endpoint.endpoint.startsWith('https://')) {
      throw new Error(
        `hypervisor endpoint must be unix:/path or https://host:port, not ${endpoint.endpoint}`,
      );
    }
    this.#tls = this.#socketPath ? {} : tlsOptions(endpoint);
    this.#origin = this.#socketPath ? 'http://lxd' : new URL(endpoint.endpoint).origin;
    this.#agent = new Agent({
      connect: this.#socketPath
        ? { socketPath: this.#socketPath, timeout: 5_000 }
        : { ...this.#tls, timeout: 10_000 },
      connections: 64,
    });
  }

  async get<T>(path: string): Promise<T> {
    return (await this.read<T>(path)).body;
  }

  async read<T>(path: string): Promise<Answer<T>> {
    const { envelope, etag } = await this.#call('GET', path);
    return { body: envelope.metadata as T, etag };
  }

  /** Text that isn't wrapped in the usual envelope (`/1.0/metrics`). */
  async text(path: string): Promise<string> {
    const { status, body } = await this.#exchange('GET', path, undefined, {}, requestTimeoutMs);
    if (status !== 200) throw failedRequest(`GET ${path}`, status, body.slice(0, 300));
    return body;
  }

  /** Does it and, when the daemon answers with an operation, waits for its end. */
  async run(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Operation | null> {
    const operation = await this.start(method, path, body, headers);
    return operation && (await this.wait(operation.id, `${method} ${path}`));
  }

  /** Does it and returns the operation that the daemon goes on with, if any. */
  async start(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Operation | null> {
    const { envelope } = await this.#call(method, path, body, headers);
    return envelope.type === 'async' ? (envelope.metadata as Operation) : null;
  }

  async wait(id: string, what: string, timeoutMs: number = operationTimeoutMs): Promise<Operation> {
    const ended = async () => {
      const { envelope } = await this.#call('GET', `/1.0/operations/${id}/wait`, undefined, {}, timeoutMs);
      return envelope.metadata as Operation;
    };
    const operation = await ended().catch(async (error: unknown) => {
      // Incus answers with the operation's own error, as if the asking had failed. And the daemon forgets an
      // operation when it restarts and soon after its end: how it ended isn't known then.
      const seen = await this.get<Operation>(`/1.0/operations/${id}`).catch(() => null);
      if (seen === null || seen.status_code < operationSucceeded) throw unreachable(what, error);
      return seen;
    });
    if (operation.status_code !== operationSucceeded) throw failedOperation(what, operation.err);
    return operation;
  }

  websocket(path: string): WebSocket {
    const url = `${this.#origin.replace(/^http/, 'ws')}${path}`;
    const socketPath = this.#socketPath;
    if (!socketPath) return new WebSocket(url, { ...this.#tls, handshakeTimeout: 10_000 });
    return new WebSocket(url, { createConnection: () => net.connect(socketPath), handshakeTimeout: 10_000 });
  }

  /** Sends a file's bytes, for image imports. */
  async upload(
    path: string,
    body: NodeJS.ReadableStream,
    headers: Record<string, string>,
  ): Promise<Operation> {
    const answer = await this.#exchange('POST', path, body, headers, operationTimeoutMs);
    const envelope = parse(answer.body, `POST ${path}`, answer.status);
    return await this.wait((envelope.metadata as Operation).id, `POST ${path}`);
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #call(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    timeoutMs = requestTimeoutMs,
  ) {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.#exchange(
      method,
      path,
      json,
      { 'content-type': 'application/json', ...headers },
      timeoutMs,
    );
    return { envelope: parse(answer.body, `${method} ${path}`, answer.status), etag: answer.etag };
  }

  async #exchange(
    method: Method,
    path: string,
    body: string | NodeJS.ReadableStream | undefined,
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<{ status: number; body: string; etag: string | null }> {
    try {
      const answer = await request(`${this.#origin}${path}`, {
        dispatcher: this.#agent,
        method,
        headers,
        body: body as never,
        signal: AbortSignal.timeout(timeoutMs),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const etag = answer.headers.etag;
      return {
        status: answer.statusCode,
        body: await answer.body.text(),
        etag: typeof etag === 'string' ? etag : null,
      };
    } catch (error) {
      throw unreachable(`${method} ${path}`, error);
    }
  }
}

function parse(text: string, what: string, status: number): Envelope {
  let envelope: Envelope;
  try {
    envelope = JSON.parse(text) as Envelope;
  } catch (error) {
    throw unreachable(`${what}: answer ${status} isn't JSON`, error);
  }
  if (envelope.type === 'error')
    throw failedRequest(what, envelope.error_code ?? status, envelope.error ?? '');
  return envelope;
}

function tlsOptions(endpoint: LxdEndpoint): tls.ConnectionOptions {
  const { clientCert: cert, clientKey: key, serverCert } = endpoint;
  if (!serverCert) return { cert, key };
  const pinned = new X509Certificate(serverCert).fingerprint256;
  return {
    cert,
    key,
    ca: serverCert,
    // The daemon makes its own certificate, with whatever names: the pin replaces the host name check.
    checkServerIdentity: (_host, peer) =>
      peer.fingerprint256 === pinned
        ? undefined
        : new Error('the server has another certificate than the pinned one'),
  };
}
