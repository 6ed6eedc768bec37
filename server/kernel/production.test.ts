import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from './config.ts';
import { databaseIsPrivate, refuseUnsafe } from './production.ts';

const HERE = 'postgres://me:secret@127.0.0.1:5432/shop';
const THERE = 'postgres://me:secret@db.example:5432/shop';

test('the way to the database is private on this machine, and by verified TLS', () => {
  for (const [url, wanted] of [
    [HERE, true],
    ['postgres://me@localhost/shop', true],
    ['postgres://me@%2Fvar%2Frun%2Fpostgresql/shop', true],
    [THERE, false],
    [`${THERE}?sslmode=disable`, false],
    [`${THERE}?sslmode=prefer`, false],
    [`${THERE}?sslmode=require`, false],
    [`${THERE}?sslmode=verify-ca&uselibpqcompat=true&sslrootcert=/etc/hosts`, false],
    [`${THERE}?sslmode=no-verify`, false],
    [`${THERE}?ssl=true`, false],
    [`${THERE}?sslmode=verify-full`, true],
    [`${HERE}?host=db.example`, false],
    ['postgres://me@127.0.0.1.example/shop', false],
    ['postgres://me@localhost.example/shop', false],
  ] as const)
    assert.equal(databaseIsPrivate(url), wanted, url);
});

test('production starts with neither a plain public address nor a plain way to the database, and repeats no secret', () => {
  const config = { production: true, publicUrl: 'https://lantian.pro', databaseUrl: HERE } as Config;
  refuseUnsafe(config);
  refuseUnsafe({ ...config, databaseUrl: `${THERE}?sslmode=verify-full` });
  refuseUnsafe({ ...config, production: false, publicUrl: 'http://localhost', databaseUrl: THERE });
  assert.throws(() => refuseUnsafe({ ...config, publicUrl: 'http://lantian.pro' }), /CLOUDPACT_PUBLIC_URL/);
  assert.throws(
    () => refuseUnsafe({ ...config, databaseUrl: THERE }),
    ({ message }: Error) => /sslmode=verify-full/.test(message) && !message.includes('secret'),
  );
});
