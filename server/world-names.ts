import { createSocket, type Socket } from 'node:dgram';

/** A name server of a world's own: what customers there set up for their domains (RFC 1035, UDP alone). */
export interface NameServer {
  /** "127.0.0.1:40053", for CLOUDPACT_DNS_SERVERS. */
  address: string;
  /** TXT records by name; one that is listed without any exists and has none. */
  txt: Map<string, string[]>;
  /** IPv4 addresses by name. */
  hosts: Map<string, string[]>;
  /** Whether it answers that it can't (SERVFAIL). */
  broken: boolean;
  close(): Promise<void>;
}

const TYPES = { A: 1, TXT: 16 };

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  const server: NameServer = {
    address: '',
    txt: new Map(),
    hosts: new Map(),
    broken: false,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, { port, address }) => {
    socket.send(answer(server, query), port, address);
  });
  await bound(socket);
  // Who closes only the server isn't kept alive by the names.
  socket.unref();
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}

function bound(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
}

function answer(server: NameServer, query: Buffer): Buffer {
  const { name, end } = nameAt(query, 12);
  const type = query.readUInt16BE(end);
  const question = query.subarray(12, end + 4);
  const found =
    type === TYPES.TXT
      ? server.txt.get(name)?.map(text)
      : type === TYPES.A
        ? server.hosts.get(name)?.map((host) => Buffer.from(host.split('.').map(Number)))
        : undefined;
  const known = server.txt.has(name) || server.hosts.has(name);
  const records = (server.broken ? [] : (found ?? [])).map((data) => record(type, data));
  const code = server.broken ? 2 : known ? 0 : 3;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, question, ...records]);
}

function nameAt(query: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** Character strings of at most 255 bytes each. */
function text(value: string): Buffer {
  const parts = value.match(/.{1,200}/gs) ?? [''];
  return Buffer.concat(parts.map((part) => Buffer.from([part.length, ...Buffer.from(part, 'latin1')])));
}

/** Its name is that of the question, 12 bytes from the start. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
