import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sealer } from '#kernel/seal.ts';
import { identityKnown } from './binding.ts';
import { PROVIDERS } from './driver.ts';

test('the same subject is somebody else at each provider, also as a union of one (ASVS 6.8.1)', () => {
  const sealer = Sealer.alone(Buffer.alloc(32, 7));
  const proved = { subject: '1001', union: '1001', nickname: 'x' };
  const digests = PROVIDERS.map((provider) => identityKnown(sealer, provider, proved));
  const all = digests.flatMap(({ subject, union }) => [subject, union]);
  assert.equal(new Set(all).size, all.length);
});
