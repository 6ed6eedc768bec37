import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING, type Grant, grantBoth, grantWithin, mayDo, mayReach } from './grant.ts';

const grant = (areas: Record<string, 'read' | 'write'>, services: string[] | null = null): Grant => ({
  all: false,
  areas,
  services,
});

test('who may write may read; what wasn’t given is refused, also what every object has by its nature', () => {
  const billing = grant({ money: 'write', services: 'read' });
  assert.ok(mayDo(billing, 'money', 'read') && mayDo(billing, 'money', 'write'));
  assert.ok(mayDo(billing, 'services', 'read') && !mayDo(billing, 'services', 'write'));
  assert.ok(!mayDo(billing, 'people', 'read'));
  assert.ok(!mayDo(billing, 'toString' as 'money', 'read'));
  assert.ok(mayDo(EVERYTHING, 'people', 'write'));
});

test('a list of services narrows; none in it reaches none', () => {
  assert.ok(mayReach(grant({}), 'a'));
  assert.ok(mayReach(grant({}, ['a']), 'a'));
  assert.ok(!mayReach(grant({}, ['a']), 'b'));
  assert.ok(!mayReach(grant({}, []), 'a'));
  assert.ok(mayReach(EVERYTHING, 'a'));
});

test('nobody gives more than they have: neither areas nor services', () => {
  const own = grant({ services: 'write', support: 'read' }, ['a', 'b']);
  assert.ok(grantWithin(own, own));
  assert.ok(grantWithin(own, grant({ services: 'read' }, ['a'])));
  assert.ok(!grantWithin(own, grant({ services: 'read' })), 'all services are more than two');
  assert.ok(!grantWithin(own, grant({ services: 'read' }, ['c'])));
  assert.ok(!grantWithin(own, grant({ support: 'write' }, ['a'])));
  assert.ok(!grantWithin(own, grant({ money: 'read' }, ['a'])));
  assert.ok(!grantWithin(grant({ services: 'write' }), EVERYTHING));
  assert.ok(grantWithin(EVERYTHING, EVERYTHING));
});

test('two grants together allow what each of them allows', () => {
  const member = grant({ services: 'write', money: 'read', support: 'read' }, ['a', 'b']);
  const key = grant({ services: 'read', money: 'write' }, ['b', 'c']);
  assert.deepEqual(grantBoth(member, key), grant({ services: 'read', money: 'read' }, ['b']));
  assert.deepEqual(grantBoth(member, grant({ services: 'write' })), grant({ services: 'write' }, ['a', 'b']));
  assert.deepEqual(grantBoth(grant({ services: 'write' }), member), grant({ services: 'write' }, ['a', 'b']));
  assert.deepEqual(grantBoth(EVERYTHING, key), key);
  assert.deepEqual(grantBoth(key, EVERYTHING), key);
  for (const part of [member, key]) assert.ok(grantWithin(part, grantBoth(member, key)));
});
