/**
 * Stands in for server/main.ts: speaks its part of the IPC contract, answers /healthz and /env, and does what
 * the data directory's `wish` file says at its start: "fail", "hang", "exit", or nothing.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const { PORT, HOST, CLOUDPACT_DATA_DIR: dataDir = '' } = process.env;
const wishFile = join(dataDir, 'wish');
const wish = existsSync(wishFile) ? readFileSync(wishFile, 'utf8') : '';
const first = !existsSync(join(dataDir, 'starts'));
appendFileSync(join(dataDir, 'starts'), `${process.pid}\n`);

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => {
  appendFileSync(join(dataDir, 'stops'), `${process.pid}\n`);
  process.exit(0);
});

if (wish === 'fail') process.send?.({ type: 'failed', message: 'the wish was to fail' });
else if (wish === 'exit') {
  console.error('the wish was to exit');
  process.exit(3);
} else if (wish !== 'hang') {
  const server = createServer((request, response) => {
    if (request.url === '/env') {
      const { DATABASE_URL, CLOUDPACT_NODES_FILE } = process.env;
      response.end(JSON.stringify({ DATABASE_URL, CLOUDPACT_NODES_FILE, pid: process.pid }));
    } else response.end('ok');
  });
  server.listen(Number(PORT), HOST, () => {
    const logins = first ? [{ role: 'staff', email: 'staff@example.com', password: 'shown-once' }] : [];
    process.send?.({ type: 'ready', url: `http://${HOST}:${PORT}`, logins });
  });
}
setInterval(() => {}, 60_000);
