import pg from 'pg';
import { type Config, ConfigError } from './config.ts';

/** What production doesn't start with: ways on which others read along. */
export function refuseUnsafe(config: Config): void {
  if (!config.production) return;
  if (!config.publicUrl.startsWith('https:'))
    throw new ConfigError('CLOUDPACT_ENV=production needs an https address in CLOUDPACT_PUBLIC_URL');
  if (!databaseIsPrivate(config.databaseUrl))
    throw new ConfigError(
      'CLOUDPACT_ENV=production reaches PostgreSQL on another machine by verified TLS alone: add sslmode=verify-full to DATABASE_URL (and sslrootcert=FILE for a certificate authority of your own)',
    );
}

/** Whether nobody between us and the database reads along: on this machine, or by TLS with its certificate checked. */
export function databaseIsPrivate(url: string): boolean {
  // As `pg` itself reads it: a `host` in the query counts more than the one in front of it.
  const client = new pg.Client({ connectionString: url });
  const { host } = client;
  if (host.startsWith('/') || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host)) return true;
  const ssl: unknown = client.ssl;
  if (typeof ssl !== 'object' || ssl === null) return false;
  const { rejectUnauthorized = true, checkServerIdentity } = ssl as {
    rejectUnauthorized?: boolean;
    checkServerIdentity?: unknown;
  };
  // "require" means verified to this version of `pg` and won't to a later one: said outright, or not at all.
  const said = new URL(url).searchParams.get('sslmode') === 'verify-full';
  return said && rejectUnauthorized && checkServerIdentity === undefined;
}
