import { z } from 'zod';
import type { $ZodType } from 'zod/v4/core';
import { type App, rule } from '#kernel/http.ts';
import { JsonError, parseStrictJson } from '#kernel/strict-json.ts';
import { InvalidInput } from './invalid-input.ts';

/** JSON is UTF-8 (RFC 8259 §8.1), sent as it is: what isn't is refused, not read as something else. */
export function readJson(app: App): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
      if (encoding !== 'identity') throw new JsonError(`encoded as ${encoding}`);
      const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
      if (charset.toLowerCase() !== 'utf-8') throw new JsonError(`in ${charset}`);
      done(null, parseStrictJson(utf8.decode(body as Buffer)));
    } catch (error) {
      const bad = error instanceof JsonError || error instanceof TypeError;
      done(bad ? new InvalidInput([], 'body') : (error as Error));
    }
  });
}

const strict = new WeakMap<$ZodType, $ZodType>();

/** PostgreSQL's text can't hold one, whatever else a field may take. */
const withoutNul = rule<string>((text) => !text.includes('\0'), {
  zh: '不能包含空字符',
  en: 'NUL is not allowed',
});

/**
 * The schema of a body, taking no member that it doesn't name, at any depth: nothing that a caller adds can come to
 * mean something (mass assignment), and a misspelt member is told instead of being passed over. No text holds NUL.
 */
export function strictly(schema: $ZodType): $ZodType {
  const known = strict.get(schema);
  if (known) return known;
  const made = rebuilt(schema);
  strict.set(schema, made);
  return made;
}

function rebuilt(schema: $ZodType): $ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.shape).map(([name, inner]) => [name, strictly(inner as $ZodType)]),
    );
    const catchall = schema.def.catchall ?? z.never();
    return z.clone(schema, { ...schema.def, shape, catchall } as never);
  }
  if (schema instanceof z.ZodArray)
    return z.clone(schema, { ...schema.def, element: strictly(schema.def.element) } as never);
  if (schema instanceof z.ZodUnion)
    return z.clone(schema, { ...schema.def, options: schema.def.options.map(strictly) } as never);
  if (schema instanceof z.ZodPipe)
    return z.clone(schema, { ...schema.def, in: strictly(schema.def.in) } as never);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return z.clone(schema, { ...schema.def, innerType: strictly(schema.def.innerType) } as never);
  if (schema instanceof z.ZodString) return schema.refine(...withoutNul);
  return schema;
}
