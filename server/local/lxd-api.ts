import http from 'node:http';

/** What a daemon of our own answers over its unix socket. The driver has a client of its own, for any node. */
export class LxdApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Answer {
  type: 'sync' | 'async' | 'error';
  metadata: unknown;
  error?: string;
  error_code?: number;
}

interface Operation {
  id: string;
  status_code: number;
  err: string;
  metadata: unknown;
}

const succeeded = 200;

export interface ApiCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  file?: { stream: NodeJS.ReadableStream; size: number; headers: Record<string, string> };
  timeoutMs?: number;
}

/** One call of the REST API; waits for the operation if it starts one, and returns what that ended with. */
export async function lxdApi<T>(socketPath: string, path: string, call: ApiCall = {}): Promise<T> {
  const answer = await exchange(socketPath, path, call);
  if (answer.type !== 'async') return answer.metadata as T;
  const { id } = answer.metadata as Operation;
  const timeoutMs = call.timeoutMs ?? 300_000;
  const ended = (await exchange(socketPath, `/1.0/operations/${id}/wait`, { timeoutMs }))
    .metadata as Operation;
  if (ended.status_code !== succeeded) throw new LxdApiError(400, `${path}: ${ended.err}`);
  return ended.metadata as T;
}

/** Null where there is nothing (404). */
export async function lxdFind<T>(socketPath: string, path: string): Promise<T | null> {
  try {
    return await lxdApi<T>(socketPath, path);
  } catch (error) {
    if (error instanceof LxdApiError && error.status === 404) return null;
    throw error;
  }
}

function exchange(socketPath: string, path: string, call: ApiCall): Promise<Answer> {
  const { method = 'GET', body, file, timeoutMs = 30_000 } = call;
  const json = body === undefined ? undefined : JSON.stringify(body);
  const headers = file
    ? { ...file.headers, 'content-type': 'application/octet-stream', 'content-length': String(file.size) }
    : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = http.request({ socketPath, path, method, headers, signal, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        try {
          resolve(read(Buffer.concat(parts).toString('utf8'), path, response.statusCode ?? 0));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.once('error', reject);
    if (!file) {
      request.end(json);
      return;
    }
    file.stream.once('error', (error) => request.destroy(error));
    file.stream.pipe(request);
  });
}

function read(text: string, path: string, status: number): Answer {
  const answer = JSON.parse(text) as Answer;
  if (answer.type !== 'error') return answer;
  throw new LxdApiError(answer.error_code ?? status, `${path}: ${answer.error ?? 'no reason given'}`);
}
