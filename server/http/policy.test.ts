import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import { pagePolicy } from './policy.ts';

/** The policy of a page, directive by directive. */
function policyAt(publicUrl: string, protocol: 'http' | 'https', host = 'lantian.pro') {
  let policy = '';
  const reply = {
    header(_: string, value: string) {
      policy = value;
      return reply;
    },
  };
  const house = { config: { publicUrl } } as House;
  const request = { host, protocol } as FastifyRequest;
  const nonce = pagePolicy(house, request, reply as unknown as FastifyReply);
  const directives = new Map(
    policy.split('; ').map((each) => {
      const [name, ...values] = each.split(' ');
      return [name!, values] as const;
    }),
  );
  return { nonce, directives };
}

test('on a site with TLS a page reaches its own host by wss and https alone (ASVS 4.4.1)', () => {
  const { directives } = policyAt('https://lantian.pro', 'https');
  assert.ok(directives.has('upgrade-insecure-requests'));
  assert.deepEqual(directives.get('connect-src'), ["'self'", 'wss://lantian.pro']);
  assert.equal(policyAt('http://localhost:8080', 'http').directives.has('upgrade-insecure-requests'), false);
});

test('nothing of others runs in a page, no style without this answer’s nonce, and nobody frames it (ASVS 1.3.2, 3.4.3)', () => {
  const { nonce, directives } = policyAt('https://lantian.pro', 'https');
  assert.deepEqual(directives.get('default-src'), ["'none'"]);
  assert.deepEqual(directives.get('script-src'), ["'self'"]);
  assert.deepEqual(directives.get('style-src'), ["'self'", `'nonce-${nonce}'`]);
  assert.deepEqual(directives.get('frame-ancestors'), ["'none'"]);
  assert.deepEqual(directives.get('base-uri'), ["'none'"]);
  assert.deepEqual(directives.get('require-trusted-types-for'), ["'script'"]);
  assert.deepEqual(directives.get('trusted-types'), ['default', 'proof-worker']);
  assert.notEqual(policyAt('https://lantian.pro', 'https').nonce, nonce);
  const hosts = policyAt(
    'https://lantian.pro',
    'https',
    "lantian.pro; script-src 'unsafe-inline'",
  ).directives;
  assert.deepEqual(hosts.get('connect-src'), ["'self'"], 'a host that is none adds nothing');
});
