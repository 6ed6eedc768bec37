import { createServer, type Server } from 'node:net';

/** Speaks just enough of PostgreSQL's protocol 3.0 to let anybody in and to answer any query with its version. */
export function oldPostgres(version: string, number: string): Server {
  const message = (type: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
  const int32 = (value: number) => Buffer.concat([int16(value >>> 16), int16(value & 65_535)]);
  const text = (value: string) => Buffer.from(`${value}\0`);
  const column = (name: string) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(65_535), int32(-1), int16(0)]);
  const value = (content: string) => Buffer.concat([int32(content.length), Buffer.from(content)]);
  const ready = message('Z', Buffer.from('I'));

  return createServer((socket) => {
    socket.on('error', () => {});
    let greeted = false;
    socket.on('data', (data) => {
      if (!greeted) {
        greeted = true;
        socket.write(Buffer.concat([message('R', int32(0)), ready]));
      } else if (data.toString('latin1', 0, 1) === 'Q') {
        const columns = message('T', int16(2), column('version'), column('number'));
        const row = message('D', int16(2), value(version), value(number));
        socket.write(Buffer.concat([columns, row, message('C', text('SELECT 1')), ready]));
      } else socket.end();
    });
  });
}
