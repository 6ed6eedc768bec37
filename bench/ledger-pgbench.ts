import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ascending ids, as ours are: run, client, count. */
const ID = `(lpad(to_hex(:run::int), 8, '0') || lpad(to_hex(:client_id::int), 4, '0') || lpad(to_hex(:n::int), 20, '0'))`;

/** The statement that `ledgerPost` sends, its values made up by pgbench. */
function script(to: { kind: string; owner: string; customer: string }, customers: number): string {
  return `\\set n :n + 1
\\set a random(1, ${customers})
\\set b 1 + (:a + random(0, ${customers - 2})) % ${customers}
select id, posted from ledger_post_all('lantian', '2026-03-02T02:00:00Z',
  array[${ID}]::uuid[], '{bench}'::text[], '{bench}'::text[], array[${ID}]::text[], '{null}'::uuid[], '{"{}"}'::jsonb[],
  '{customer_cash,${to.kind}}'::text[], array['c' || :a::int, ${to.owner}]::text[],
  array['c' || :a::int, ${to.customer}]::text[], '{1,1}'::int[], '{1,2}'::int[], '{-1000,1000}'::bigint[]);
`;
}

export const SPREAD = { kind: 'customer_cash', owner: `'c' || :b::int`, customer: `'c' || :b::int` };
export const HOT = { kind: 'revenue', owner: `'nat-vps'`, customer: 'null' };

let runs = 0;

/** Transfers per second by pgbench with prepared statements over as many connections; null where it isn't installed. */
export async function pgbench(
  url: string,
  to: typeof SPREAD,
  options: { customers: number; connections: number; seconds: number },
): Promise<number | null> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-pgbench-'));
  const file = join(dir, 'transfer.sql');
  runs += 1;
  await writeFile(file, script(to, options.customers));
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  try {
    const { stdout } = await run(
      'pgbench',
      [
        ...['-n', '-M', 'prepared', '-f', file, '-D', 'n=0', '-D', `run=${runs}`],
        ...['-c', String(options.connections), '-j', '1', '-T', String(options.seconds)],
        ...['-h', searchParams.get('host') ?? hostname, '-p', port, '-U', username, pathname.slice(1)],
      ],
      { env: { ...process.env, PGPASSWORD: password } },
    );
    const tps = /tps = ([\d.]+) \(without/.exec(stdout)?.[1];
    if (!tps) throw new Error(`pgbench said:\n${stdout}`);
    return Number(tps);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
