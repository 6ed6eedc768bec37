import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainForm, isWithin } from './name.ts';

test('domains in the form of the DNS, however they were written', () => {
  const same: Record<string, string> = {
    'Example.COM': 'example.com',
    ' example.com. ': 'example.com',
    'shop.example.com.cn': 'shop.example.com.cn',
    '例子.中国': 'xn--fsqu00a.xn--fiqs8s',
    '例子。中国': 'xn--fsqu00a.xn--fiqs8s',
    'ＥＸＡＭＰＬＥ．com': 'example.com',
    'bücher.example.de': 'xn--bcher-kva.example.de',
    'me.github.io': 'me.github.io',
  };
  for (const [text, form] of Object.entries(same)) assert.equal(domainForm(text), form, text);
});

test('addresses, public suffixes and what is no name at all are no domain', () => {
  const wrong = [
    ...['', '.', 'com', 'com.cn', '中国', 'github.io', 'co.uk', 'localhost', 'example', 'a.invalid'],
    ...['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '::1', 'example.com:80', 'http://example.com'],
    ...['example.com/x', 'example.com#x', 'a@example.com', 'exa mple.com', '-a.com', 'a-.com', 'a..com'],
    ...[
      '*.example.com',
      '_dmarc.example.com',
      'example.com%00.cn',
      'example\u202E.com',
      `${'a'.repeat(64)}.com`,
    ],
    `${'a.'.repeat(130)}com`,
  ];
  for (const text of wrong) assert.equal(domainForm(text), null, JSON.stringify(text));
});

test('a name is within itself and what stands above it, by whole labels', () => {
  assert.ok(isWithin('example.com', 'example.com'));
  assert.ok(isWithin('a.b.example.com', 'example.com'));
  assert.ok(!isWithin('badexample.com', 'example.com'));
  assert.ok(!isWithin('example.com', 'a.example.com'));
});
