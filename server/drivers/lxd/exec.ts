import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import {
  type ExecOptions,
  type ExecResult,
  HypervisorError,
  type Terminal,
} from '#modules/compute/driver.ts';
import type { LxdConnection, Operation } from './connection.ts';
import { unreachable } from './failures.ts';

type Streams = Record<string, WebSocket>;

const defaultExecTimeoutMs = 60_000;
/** What a command prints past this is dropped: a tenant's machine must not fill our memory. */
const outputLimitBytes = 4 * 1024 * 1024;
const streamsTimeoutMs = 10_000;
/** The daemon couldn't get into the instance just then, which happens while it boots: nothing has run. */
const didNotStart = /Failed to retrieve PID of executing child process/;
const startTries = 5;
const startAgainMs = 200;
const killed = 9;
const hungUp = 1;

/**
 * Starts a command and connects its streams.
 * @param attach gets each stream before it opens: the first bytes may come along with the handshake
 */
async function begin(
  lxd: LxdConnection,
  name: string,
  body: Record<string, unknown>,
  attach: (stream: string, socket: WebSocket) => void,
): Promise<{ operation: Operation; streams: Streams }> {
  const what = `exec in ${name}`;
  const operation = await lxd.start('POST', `/1.0/instances/${encodeURIComponent(name)}/exec`, {
    'wait-for-websocket': true,
    'record-output': false,
    ...body,
  });
  const secrets = operation?.metadata?.fds as Record<string, string> | undefined;
  if (!operation || !secrets) throw unreachable(what, new Error('the daemon gave no streams'));
  const open = async ([stream, secret]: [string, string]) => {
    const socket = lxd.websocket(`/1.0/operations/${operation.id}/websocket?secret=${secret}`);
    attach(stream, socket);
    await opened(socket, what);
    return [stream, socket] as const;
  };
  // The command starts with the last stream but control, and Incus refuses control once it has ended.
  const all = Object.entries(secrets);
  const settled = [
    ...(await Promise.allSettled(all.filter(([stream]) => stream === 'control').map(open))),
    ...(await Promise.allSettled(all.filter(([stream]) => stream !== 'control').map(open))),
  ];
  const failed = settled.find((one) => one.status === 'rejected');
  const streams = Object.fromEntries(
    settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
  );
  if (failed) {
    closeAll(streams);
    // Incus closes the streams of a command that couldn't start; the operation says why.
    await lxd.wait(operation.id, what, streamsTimeoutMs);
    throw failed.reason;
  }
  return { operation, streams };
}

async function opened(socket: WebSocket, what: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => reject(unreachable(what, error)));
  });
  // From here on a break shows as `close`; the error beforehand tells no more.
  socket.on('error', () => socket.terminate());
}

/** Runs a command to its end and returns what it printed; kills it at the timeout. */
export async function execute(
  lxd: LxdConnection,
  name: string,
  command: string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await executeOnce(lxd, name, command, options);
    } catch (error) {
      if (!(error instanceof HypervisorError) || !didNotStart.test(error.message)) throw error;
      if (tries === startTries) throw unreachable(`exec in ${name}`, error);
    }
    await sleep(startAgainMs);
  }
}

async function executeOnce(
  lxd: LxdConnection,
  name: string,
  command: string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultExecTimeoutMs;
  const output: Record<string, Promise<string>> = {};
  const { operation, streams } = await begin(
    lxd,
    name,
    { command, environment: options.environment ?? {}, interactive: false },
    (stream, socket) => {
      if (stream === '1' || stream === '2') output[stream] = collect(socket);
    },
  );
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    signal(streams.control, killed);
    closeAll(streams);
  }, timeoutMs);
  try {
    feed(streams['0'], options.stdin);
    const ended = await lxd.wait(operation.id, `exec in ${name}`, timeoutMs + 30_000).catch((error) => {
      if (!timedOut) throw error;
    });
    if (!ended || timedOut) {
      throw new HypervisorError('unreachable', `exec in ${name}: not done after ${timeoutMs} ms`);
    }
    // A child left in the background may hold the output open for ever.
    setTimeout(() => closeAll(streams), 1_000).unref();
    return {
      code: exitCode(ended) ?? -1,
      stdout: (await output['1']) ?? '',
      stderr: (await output['2']) ?? '',
    };
  } finally {
    clearTimeout(deadline);
    closeAll(streams);
  }
}

/** A login shell of root on a pseudo-terminal. */
export async function openTerminal(
  lxd: LxdConnection,
  name: string,
  size: { columns: number; rows: number },
): Promise<Terminal> {
  const early: Uint8Array[] = [];
  const dataListeners: ((data: Uint8Array) => void)[] = [];
  const closeListeners: ((code: number | null) => void)[] = [];
  let closed: { code: number | null } | null = null;
  const shown = (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      // The end of the screen: the daemon keeps the operation open until we hang up.
      closeAll(streams);
      return;
    }
    if (dataListeners.length === 0) early.push(data);
    for (const listener of dataListeners) listener(data);
  };
  const request = {
    // `su -` knows root's own shell in every distribution, and makes a clean environment.
    command: ['su', '-'],
    environment: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    interactive: true,
    width: size.columns,
    height: size.rows,
  };
  const { operation, streams } = await begin(lxd, name, request, (stream, socket) => {
    if (stream === '0') socket.on('message', shown);
  });
  const screen = streams['0']!;
  const gone = new Promise<void>((resolve) => screen.once('close', () => resolve()));
  const ended = lxd.wait(operation.id, `terminal of ${name}`, 24 * 3600_000).then(exitCode, () => null);
  void ended.then(async (code) => {
    // What the shell printed last may still be on its way.
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 500))]);
    closeAll(streams);
    closed = { code };
    for (const listener of closeListeners) listener(code);
  });

  return {
    write: (data) => {
      if (screen.readyState === screen.OPEN) screen.send(data, { binary: true });
    },
    resize: (columns, rows) => {
      control(streams.control, {
        command: 'window-resize',
        args: { width: String(columns), height: String(rows) },
      });
    },
    onData: (listener) => {
      dataListeners.push(listener);
      for (const data of early.splice(0)) listener(data);
    },
    onClose: (listener) => {
      if (closed) listener(closed.code);
      else closeListeners.push(listener);
    },
    close: () => {
      signal(streams.control, hungUp);
      closeAll(streams);
    },
  };
}

function exitCode(operation: Operation): number | null {
  const code = operation.metadata?.return;
  return typeof code === 'number' ? code : null;
}

function control(socket: WebSocket | undefined, message: Record<string, unknown>): void {
  if (socket?.readyState === socket?.OPEN) socket?.send(JSON.stringify(message), { binary: false });
}

function signal(socket: WebSocket | undefined, number: number): void {
  control(socket, { command: 'signal', signal: number });
}

/** An empty text message ends a stream; bytes travel in binary ones. */
function feed(socket: WebSocket | undefined, text: string | undefined): void {
  if (text) socket?.send(Buffer.from(text), { binary: true });
  socket?.send('', { binary: false });
}

function collect(socket: WebSocket): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const end = () => resolve(Buffer.concat(parts).toString('utf8'));
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return end();
      if (size < outputLimitBytes) parts.push(data);
      size += data.length;
    });
    socket.once('close', end);
  });
}

function closeAll(streams: Streams): void {
  for (const socket of Object.values(streams)) {
    socket.close();
    // A daemon that doesn't answer the close must not keep the process alive.
    setTimeout(() => socket.terminate(), 1_000).unref();
  }
}
