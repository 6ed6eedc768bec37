import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitorOf } from '#kernel/visitor.ts';

test('an IPv6 visitor is counted by its /64, however the address is written', () => {
  const one = visitorOf('2001:db8:1:2:3:4:5:6');
  for (const same of ['2001:db8:1:2::1', '2001:0db8:0001:0002:ffff::', '2001:DB8:1:2:0:0:0:9'])
    assert.equal(visitorOf(same), one, same);
  for (const other of ['2001:db8:1:3::1', '2001:db8::1', '::1', 'fe80::1'])
    assert.notEqual(visitorOf(other), one, other);
  assert.equal(visitorOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(visitorOf('192.0.2.7'), '192.0.2.7');
});
