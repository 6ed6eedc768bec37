import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openapiDocument } from '#server/openapi.ts';

/** Whatever a caller sends has an end: each text a length or a fixed form, each list a length, each figure its bounds. */

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  maxLength?: number;
  maxItems?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Forms that have a length of their own. */
const FIXED = new Set(['uuid', 'date-time', 'date', 'ipv4', 'ipv6']);

/** Fields whose end the document can't say, and what ends them. */
const ENDED_OTHERWISE: Record<string, string> = {
  'POST /payments/{id}/slips.content: text': 'the route’s limit of a body',
  'POST /staff/bank-statements.csv: text': 'the route’s limit of a body',
  'POST /staff/outages/{id}/force-majeure.content: text': 'the route’s limit of a body',
  'GET /services/{id}/renewals/preview ?months: figure': 'the months that are sold, which it is read as',
  'GET /staff/restrictions ?in_force: text': 'true or false',
  'GET /staff/privacy/requests ?open: text': 'true or false',
};

function unbounded(schema: Schema, at: string): string[] {
  const either = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (either.length > 0) return either.flatMap((one) => unbounded(one, at));
  if (schema.enum || schema.const !== undefined) return [];
  const types = [schema.type ?? []].flat();
  const found: string[] = [];
  if (
    types.includes('string') &&
    schema.maxLength === undefined &&
    !FIXED.has(schema.format ?? '') &&
    !bounds(schema.pattern)
  )
    found.push(`${at}: text`);
  if (types.includes('array')) {
    if (schema.maxItems === undefined) found.push(`${at}: list`);
    if (schema.items) found.push(...unbounded(schema.items, `${at}[]`));
  }
  if (
    types.some((type) => type === 'number' || type === 'integer') &&
    schema.maximum === undefined &&
    schema.exclusiveMaximum === undefined
  )
    found.push(`${at}: figure`);
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    found.push(...unbounded(inner, `${at}.${name}`));
  if (typeof schema.additionalProperties === 'object')
    found.push(...unbounded(schema.additionalProperties, `${at}.*`));
  return found;
}

/** A pattern from end to end without * and +, or an open count, is as long as it says. */
function bounds(pattern: string | undefined): boolean {
  return (
    pattern !== undefined &&
    /^\^.*\$$/s.test(pattern) &&
    !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, ''))
  );
}

test('no field of any request is without limits', async () => {
  const { paths } = (await openapiDocument()) as { paths: Record<string, Record<string, Operation>> };
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]) => {
      const at = `${method.toUpperCase()} ${path.replace('/api/v1', '')}`;
      const content = Object.values(requestBody?.content ?? {});
      return [
        ...parameters.flatMap(({ name, schema }) => unbounded(schema, `${at} ?${name}`)),
        ...content.flatMap(({ schema }) => unbounded(schema, at)),
      ];
    }),
  );
  assert.deepEqual(
    found.filter((each) => !(each in ENDED_OTHERWISE)),
    [],
  );
});

test('the walk finds what has no end', () => {
  assert.deepEqual(
    unbounded({ type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } }, ''),
    ['.a: list', '.a[]: text'],
  );
  assert.deepEqual(unbounded({ type: 'string', pattern: '^a*$' }, 'x'), ['x: text']);
  assert.deepEqual(unbounded({ type: 'string', pattern: '^[a*]{1,3}$' }, 'x'), []);
});
