import { gzipSync } from 'node:zlib';

/** A body that a route must refuse, and what is wrong with it. */
export interface Bad {
  what: string;
  body: string | Uint8Array;
  headers?: Record<string, string>;
}

type Body = Record<string, unknown>;

/** Where a text or figure stands in a body: its path. */
function leaves(value: unknown, path: string[] = []): { path: string[]; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function replaced(body: Body, path: string[], value: unknown): Body {
  const copy = structuredClone(body);
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Body;
  at[path.at(-1)!] = value;
  return copy;
}

function without(body: Body, key: string): Body {
  const { [key]: _, ...rest } = body;
  return rest;
}

const inTheMiddle = (text: string, what: string) =>
  // At the ends of a text blanks may go unsaid: where there is no middle it stands twice.
  text.length < 2
    ? `${text}${what}${text}`
    : `${text.slice(0, text.length / 2)}${what}${text.slice(text.length / 2)}`;

/** F66: what no field takes in the middle of its text. */
const UNPRINTABLE: [what: string, character: string][] = [
  ['NUL', '\u0000'],
  ['CR LF', '\r\n'],
  ['LF', '\n'],
  ['escape', '\u001b'],
  ['C1 control', '\u0085'],
  ['right-to-left override', '\u202e'],
  ['isolate', '\u2066'],
  ['zero-width space', '\u200b'],
  ['byte order mark', '\ufeff'],
  ['half a surrogate pair', '\ud800'],
  ['replacement character', '\ufffd'],
];

/** Fields spoilt one at a time. Of a field that is null in the good body only what nothing takes, text or figure. */
export function spoiltFields(body: Body): Bad[] {
  const bad: Bad[] = Object.keys(body).map((key) => ({
    what: `without ${key}`,
    body: JSON.stringify(without(body, key)),
  }));
  for (const { path, value } of leaves(body)) {
    const name = path.join('.');
    const put = (what: string, other: unknown) =>
      bad.push({ what: `${name}: ${what}`, body: JSON.stringify(replaced(body, path, other)) });
    for (const other of [null, [], {}, [value], { toString: 'x' }])
      if (other !== value) put(JSON.stringify(other), other);
    if (typeof value === 'string') {
      for (const other of [7, true, '', 'x'.repeat(20_000)]) put(JSON.stringify(other).slice(0, 20), other);
      for (const [what, character] of UNPRINTABLE) put(what, inTheMiddle(value, character));
    } else if (value !== null) {
      for (const other of ['text', '1', 1.5, -1, 2 ** 53]) put(JSON.stringify(other), other);
      const text = JSON.stringify(replaced(body, path, '@@')).replace('"@@"', '1e309');
      bad.push({ what: `${name}: 1e309`, body: text });
    }
  }
  return bad;
}

/** What a caller may try to set although no route takes it (mass assignment). */
const FOREIGN = [
  'id',
  'customer_id',
  'user_id',
  'brand',
  'role',
  'admin',
  'state',
  'balance',
  'created_at',
  'access',
];

const BOMB = gzipSync(Buffer.alloc(100_000_000, ' '));

/** The first member once more at the end; spelt with an escape where told. */
function twice(good: string, spelt = ''): string {
  const [name, value] = Object.entries(JSON.parse(good) as Body)[0] ?? ['a', 1];
  const again = spelt ? `${spelt}${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}` : name;
  const whole = good === '{}' ? `{"${name}":1` : good.slice(0, -1);
  return `${whole},"${again}":${JSON.stringify(value)}}`;
}

/** What is no JSON object, whatever fields it should have. */
export function spoiltWholes(body: Body): Bad[] {
  const good = JSON.stringify(body);
  const member = (text: string) => `{${text},${good.slice(1)}`;
  const latin1 = Buffer.concat([
    Buffer.from('{"x":"'),
    Buffer.from([0xff, 0xfe, 0xc3]),
    Buffer.from(`",${good.slice(1)}`),
  ]);
  return [
    ...['', 'null', '[]', '"text"', '7', 'not json', `${good},`, good.slice(0, -1)].map((text) => ({
      what: `body ${text.slice(0, 20)}`,
      body: text,
    })),
    { what: 'an array of it', body: `[${good}]` },
    { what: '100,000 arrays deep', body: '['.repeat(100_000) },
    { what: '40,000 objects deep', body: `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}` },
    { what: '__proto__', body: member('"__proto__":{"admin":true}') },
    { what: '__proto__ in disguise', body: member('"\\u005f_proto__":{"admin":true}') },
    { what: 'constructor.prototype', body: member('"constructor":{"prototype":{"admin":true}}') },
    { what: 'prototype', body: member('"prototype":{"admin":true}') },
    { what: 'a member that stands twice', body: twice(good) },
    { what: 'a member that stands twice, once in disguise', body: twice(good, '\\u') },
    ...FOREIGN.map((name) => ({ what: `${name} beside what it takes`, body: member(`"${name}":"1"`) })),
    { what: 'bytes that are no UTF-8', body: latin1 },
    { what: 'UTF-16', body: Buffer.from(`\ufeff${good}`, 'utf16le') },
    { what: 'UTF-16 without a mark', body: Buffer.from(good, 'utf16le') },
    {
      what: 'UTF-16 by its word',
      body: good,
      headers: { 'content-type': 'application/json; charset=utf-16le' },
    },
    { what: 'compressed', body: gzipSync(good), headers: { 'content-encoding': 'gzip' } },
    { what: 'a compressed bomb', body: BOMB, headers: { 'content-encoding': 'gzip' } },
    { what: 'compressed by its word alone', body: good, headers: { 'content-encoding': 'gzip' } },
    ...[
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ].map((type) => ({ what: `as ${type}`, body: good, headers: { 'content-type': type } })),
  ];
}
