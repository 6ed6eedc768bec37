import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import {
  contentDigest,
  digestStated,
  type Message,
  signatureFits,
  signatureOf,
  signRequest,
} from './message-signature.ts';

const KEY = {
  id: '018f0000-0000-7000-8000-000000000000',
  secret: 'Ym9va2VuZHMtYXJlLXN0dWZmZWQtd2l0aC1nZWVzZS0',
};
const NONCE = 'b3k2pp5k7z-50gnwp.yemd';
const BODY = Buffer.from('{"hostname":"web1","months":1}');
const CREATED = new Date('2026-03-02T02:00:00Z');

function message(fields: Record<string, string>, more: Partial<Message> = {}): Message {
  const target = '/api/v1/orders?a=1&b=%20x&b=';
  return { method: 'POST', target, authority: 'Lantian.pro', field: (name) => fields[name], ...more };
}

test('the example of the standard (RFC 9421 §B.2.5) has the signature that it gives', () => {
  const secret = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  );
  const base = [
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@authority": example.com',
    '"content-type": application/json',
    '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  ].join('\n');
  assert.equal(
    createHmac('sha256', secret).update(base).digest('base64'),
    'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
  );
  // The base is ours too, with the parameters that we ask for beside its own.
  const fields = {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'signature-input':
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret";nonce="n";alg="hmac-sha256"',
    signature: 'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
  };
  const read = signatureOf(message(fields, { authority: 'Example.com', target: '/foo?param=Value&Pet=dog' }));
  assert.equal(read?.base, `${base};nonce="n";alg="hmac-sha256"`);
});

test('the digest of a body is that of the standard (RFC 9530 §B.1)', () => {
  const body = Buffer.from('{"hello": "world"}\n');
  assert.equal(contentDigest(body), 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:');
  assert.deepEqual(digestStated(contentDigest(body)), digestStated(`sha-512=:YQ==:, ${contentDigest(body)}`));
  for (const wrong of [undefined, '', 'sha-256=YQ==', 'sha-256=:YQ==:', 'md5=:YQ==:', 'sha-256=("a")'])
    assert.equal(digestStated(wrong), null, wrong);
});

test('another’s library lets through what we sign', async () => {
  const fields = { 'content-type': 'application/json', 'idempotency-key': 'order-0001' };
  const covers = ['@authority', 'idempotency-key'];
  const signed = signRequest(message(fields), KEY, { created: CREATED, nonce: NONCE, body: BODY, covers });
  const verify = (headers: Record<string, string>, secret = KEY.secret) =>
    httpbis.verifyMessage(
      {
        keyLookup: async ({ keyid }) => {
          assert.equal(keyid, KEY.id);
          return { algs: ['hmac-sha256'], verify: createVerifier(secret, 'hmac-sha256') };
        },
        requiredFields: ['@method', '@path', '@query', 'content-digest'],
      },
      { method: 'POST', url: 'https://lantian.pro/api/v1/orders?a=1&b=%20x&b=', headers },
    );
  assert.equal(await verify({ ...fields, ...signed }), true);
  assert.equal(await verify({ ...fields, ...signed, 'idempotency-key': 'order-0002' }), false);
  assert.equal(await verify({ ...fields, ...signed }, 'another secret'), false);
});

test('we let through what another’s library signs', async () => {
  const headers = { 'content-digest': contentDigest(BODY), 'content-type': 'application/json' };
  const signed = await httpbis.signMessage(
    {
      key: createSigner(KEY.secret, 'hmac-sha256', KEY.id),
      fields: ['@method', '@path', '@query', 'content-digest', 'content-type'],
      params: ['created', 'nonce', 'alg', 'keyid'],
      paramValues: { created: CREATED, nonce: NONCE },
    },
    { method: 'POST', url: 'https://lantian.pro/api/v1/orders?a=1&b=%20x&b=', headers },
  );
  const sent = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const read = signatureOf(message(sent))!;
  assert.equal(read.keyId, KEY.id);
  assert.equal(read.created, CREATED.getTime() / 1_000);
  assert.equal(read.nonce, NONCE);
  assert.ok(signatureFits(read, KEY.secret));
  for (const more of [
    { method: 'PUT' },
    { target: '/api/v1/orders?a=1&b=%20x' },
    { target: '/api/v1/order?a=1&b=%20x&b=' },
  ])
    assert.ok(!signatureFits(signatureOf(message(sent, more))!, KEY.secret), JSON.stringify(more));
});

test('what is no single, whole signature is none', () => {
  const good = signRequest(message({}), KEY, { created: CREATED, nonce: NONCE });
  assert.ok(signatureOf(message(good)));
  const { signature = '', 'signature-input': input = '' } = good;
  const wrong: Record<string, string>[] = [
    {},
    { 'signature-input': input },
    { signature },
    { ...good, signature: 'sig="text"' },
    { ...good, signature: signature.replace('sig=', 'other=') },
    { ...good, signature: `${signature}, more=:YQ==:` },
    { ...good, 'signature-input': `${input}, more=${input.slice(4)}` },
    { ...good, 'signature-input': input.replace('"@query"', '"@query" "@query"') },
    { ...good, 'signature-input': input.replace('"@query"', '"@query";req') },
    { ...good, 'signature-input': input.replace('"@query"', '"x-missing"') },
    { ...good, 'signature-input': input.replace('"@query"', '"@status"') },
    { ...good, 'signature-input': input.replace(/created=\d+/, 'created="soon"') },
    { ...good, 'signature-input': input.replace(/created=\d+/, 'created=1.5') },
    { ...good, 'signature-input': input.replace(/;nonce="[^"]+"/, '') },
    { ...good, 'signature-input': input.replace(/;alg="[^"]+"/, '') },
    { ...good, 'signature-input': input.replace(/;keyid="[^"]+"/, '') },
    { ...good, 'signature-input': `${input};expires=soon` },
    { ...good, 'signature-input': '(((' },
    { ...good, 'signature-input': `sig=${'('.repeat(10_000)}` },
  ];
  for (const fields of wrong)
    assert.equal(signatureOf(message(fields)), null, JSON.stringify(fields).slice(0, 200));
});
