import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { openapiDocument } from '#server/openapi.ts';
import { ROUTES } from './api/route-table.ts';

interface Schema {
  $ref?: string;
  [key: string]: unknown;
}
type Content = Record<string, { schema?: Schema }>;
interface Operation {
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const ROOT = join(import.meta.dirname, '..');
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
/** Not for its clients: the document itself, what payment channels call, and the WebSocket, for which OpenAPI has no words. */
const HIDDEN = [
  'GET /openapi.json',
  'POST /callbacks/alipay',
  'POST /callbacks/wechatpay',
  'GET /services/:id/terminal',
];

let document: Document;
let operations: { name: string; path: string; operation: Operation }[];

before(async () => {
  document = (await openapiDocument()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')}`;
      return { name, path, operation };
    }),
  );
});

test('the document is OpenAPI 3.1 in form', () => {
  assert.match(document.openapi, /^3\.1\.\d$/);
  assert.ok(document.info.title && document.info.version);
  for (const [path, item] of Object.entries(document.paths)) {
    assert.match(path, /^\/api\/v1(\/[a-z0-9.-]+|\/\{\w+\})+$/);
    for (const method of Object.keys(item)) assert.ok(METHODS.includes(method), `${method} ${path}`);
  }
  const whole = JSON.stringify(document);
  for (const [, name] of whole.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    assert.ok(document.components?.schemas?.[name!], `there is no schema ${name}`);
  }
  assert.ok(!/"\$ref":"(?!#\/components\/schemas\/)/.test(whole), 'no reference leads out of the document');
  assert.ok(!/"nullable":/.test(whole), 'nullable is of OpenAPI 3.0');
});

test('it has every route that clients may use, and no other', () => {
  const expected = Object.keys(ROUTES).filter((name) => !HIDDEN.includes(name));
  assert.deepEqual(operations.map(({ name }) => name).sort(), expected.sort());
});

test('every operation has tags, its path’s parameters, a body where it takes one, and answers', () => {
  for (const { name, path, operation } of operations) {
    assert.ok(operation.tags?.length, `${name}: tags`);
    const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    assert.deepEqual(named.map((parameter) => parameter.name).sort(), inPath.sort(), `${name}: parameters`);
    assert.ok(
      named.every(({ required, schema }) => required && schema),
      `${name}: parameters`,
    );
    const hasBody = Boolean(ROUTES[name]!.body);
    assert.equal(
      Boolean(operation.requestBody?.content['application/json']?.schema),
      hasBody,
      `${name}: body`,
    );
    for (const [status, response] of Object.entries(operation.responses)) {
      assert.match(status, /^([1-5]\d\d|default)$/, name);
      assert.equal(typeof response.description, 'string', `${name} ${status}`);
    }
  }
});

test('every operation may answer with a problem document, and says which good answer it gives', () => {
  for (const { name, operation } of operations) {
    const problem = Object.values(operation.responses.default?.content ?? {})[0]?.schema;
    const required = (problem?.required ?? []) as string[];
    assert.ok(
      ['type', 'title', 'status', 'detail', 'code'].every((key) => required.includes(key)),
      name,
    );
    const good = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
    if (name === 'GET /services/:id/stream') continue;
    // 202 beside it: it waits for something first, such as a second factor, or a code that a guardian sends back. A
    // sign-in may also end in one of two ways.
    const done = good.filter((status) => status !== '202').length;
    const most = / \/auth\//.test(name) ? 2 : 1;
    assert.ok(good.length === 1 || (done > 0 && done <= most), `${name}: ${good}`);
  }
});

test('money is text and instants are in UTC throughout', () => {
  const look = (schema: unknown, at: string) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, inner] of Object.entries(schema)) {
      const { type = [] } = (inner ?? {}) as { type?: string | string[] };
      const kinds = [type].flat().filter((kind) => kind !== 'null');
      if (/^(amount|balance|price|total)$/.test(key) && kinds.length > 0)
        assert.deepEqual(kinds, ['string'], `${at}.${key}`);
      look(inner, `${at}.${key}`);
    }
  };
  look(document.paths, '');
});

test('the console’s client was generated from this document', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-openapi-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const [source, target] = [join(dir, 'openapi.json'), join(dir, 'schema.d.ts')];
  await writeFile(source, JSON.stringify(document));
  const generator = join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
  await promisify(execFile)(process.execPath, [generator, source, '-o', target]);
  const committed = await readFile(join(ROOT, 'console/src/api/schema.d.ts'), 'utf8');
  assert.ok(committed === (await readFile(target, 'utf8')), 'it is out of date: npm run client');
});
