import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staffCookie } from '../api/call.ts';
import { ROUTES } from '../api/route-table.ts';
import { Visitor } from '../support/browser-less.ts';
import { smsCode } from '../support/sms-code.ts';
import { testWorld } from '../support/world.ts';

test('whoever has a phone and no mailbox meets no page that breaks, and no list of the staff does either', async () => {
  const world = await testWorld({ seed: true });
  const visitor = new Visitor(world);
  const phone = '13800138091';
  const sent = await visitor.api('POST', '/auth/phone/codes', { phone, locale: 'zh' });
  const code = await smsCode(world, phone);
  const rest = { locale: 'zh', minor: false, newly_mine: false };
  await visitor.api('POST', '/auth/phone/sign-up', { id: sent.body.id, code, ...rest });
  const session = await visitor.api('GET', '/auth/session');
  const { id } = session.body.customer as { id: string };

  const own = Object.entries(ROUTES).filter(
    ([name, { access, of }]) =>
      access === 'customer' && name.startsWith('GET ') && !of && !name.includes(':'),
  );
  assert.ok(own.length > 20);
  for (const [name, { query = '' }] of own) {
    const { status } = await visitor.api('GET', `${name.slice('GET '.length)}${query}`);
    assert.ok(status < 500, `${name}: ${status}`);
  }

  const cookie = await staffCookie(world);
  const ask = async (path: string) => {
    const answer = await fetch(`${world.url}/api/v1${path}`, { headers: { cookie } });
    assert.ok(answer.status < 500, `${path}: ${answer.status}`);
    return answer;
  };
  const staff = Object.entries(ROUTES).filter(
    ([name, { access, of }]) =>
      access === 'staff' && name.startsWith('GET ') && (of === 'customer' || (!of && !name.includes(':'))),
  );
  assert.ok(staff.length > 20);
  for (const [name, { query = '' }] of staff)
    await ask(`${name.slice('GET '.length).replace(':id', id)}${query}`);
  const found = (await (await ask(`/staff/customers?q=${phone}`)).json()) as { items: { shown: string }[] };
  assert.deepEqual(
    found.items.map(({ shown }) => shown),
    ['138****8091'],
    'a number is found whole',
  );
});
