import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { Credentials } from './postgres-cluster.ts';

/** The role that url() and adminUrl name: may make databases and owns what is in them, is no superuser. */
export const OWNER = 'cloudpact';
/** The role of the processes that serve: reads and writes rows (kernel/process-role.ts). */
export const PROCESSES = 'cloudpact_processes';

/** The roles for everything but this function. Files and programs of the machine are out of their reach. */
export async function ensureRoles(port: number, credentials: Credentials): Promise<void> {
  const password = credentials.superuserPassword;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  await client.connect();
  try {
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles');
    const make = async (role: string, may: string, secret: string) => {
      if (!rows.some(({ rolname }) => rolname === role))
        await client.query(`create role ${role} login ${may} password ${client.escapeLiteral(secret)}`);
    };
    await make(OWNER, 'createdb', credentials.password);
    await make(PROCESSES, '', processesPassword(credentials.password));
    // Who owns a database may end what the processes do in it.
    await client.query(`grant ${PROCESSES} to ${OWNER}`);
  } finally {
    await client.end();
  }
}

/** Made from the owner's, which can't be made from it. */
function processesPassword(ownerPassword: string): string {
  return createHmac('sha256', ownerPassword).update(PROCESSES).digest('hex');
}

/** The same database for the processes that serve; `ownerUrl` as `url()` gave it. */
export function processesUrl(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  return Object.assign(url, { username: PROCESSES, password: processesPassword(url.password) }).href;
}
