import { createConnection, type NetConnectOpts } from 'node:net';
import type { FileScanner } from '#kernel/file-scanner.ts';

/** A clamd of this machine (clamd(8), "COMMANDS"): each command on a connection of its own, ended by NUL, as is its answer. */

const PATIENCE_MS = 20_000;
const ANSWER_BYTES = 4_096;

export function clamavScanner(at: NetConnectOpts, patience_ms = PATIENCE_MS): FileScanner {
  return {
    async scan(content) {
      const answer = await ask(
        at,
        [Buffer.from('zINSTREAM\0'), sized(content), sized(Buffer.alloc(0))],
        patience_ms,
      );
      if (answer === 'stream: OK') return null;
      const found = /^stream: (.+) FOUND$/.exec(answer)?.[1];
      if (!found) throw new Error(`clamd: ${answer}`);
      return found;
    },
    version: () => ask(at, [Buffer.from('zVERSION\0')], patience_ms),
  };
}

/** A chunk: its length in four bytes, network order; one of no length ends the stream. */
function sized(chunk: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(chunk.length);
  return Buffer.concat([length, chunk]);
}

/** Throws when nobody answers in time, or the answer isn't whole. */
function ask(at: NetConnectOpts, sent: Buffer[], patience_ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection(at, () => socket.write(Buffer.concat(sent)));
    const late = setTimeout(() => socket.destroy(new Error('clamd: no answer in time')), patience_ms);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\0');
      if (end < 0 && answer.length < ANSWER_BYTES) return;
      if (end >= 0) resolve(answer.slice(0, end));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(late);
      reject(new Error('clamd: no whole answer'));
    });
  });
}
