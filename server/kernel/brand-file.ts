import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { meant } from './nearest.ts';

/** The YAML files of brands: read by a schema, refused with file, line, reason and what was probably meant. */

export class BrandFileError extends Error {}

interface Source {
  path: string;
  document: Document.Parsed;
  lines: LineCounter;
}

/** Reads a YAML file by a schema. Throws BrandFileError naming file, line and reason. */
export function readYaml<T>(path: string, schema: z.ZodType<T>): T {
  const source = open(path);
  return checked(source.document.toJS(), [source], schema);
}

/**
 * Reads a file of a brand's folder. `extends: other` lays it over the same file of the brand `other`: maps key by
 * key, lists of things with ids by id, all else replaced. The answer is one whole document.
 */
export function readBrandFile<T>(dir: string, name: string, schema: z.ZodType<T>): T {
  const source = open(join(dir, name));
  const own: unknown = source.document.toJS();
  if (!isMap(own) || !('extends' in own)) return checked(own, [source], schema);
  const { extends: parent, ...rest } = own;
  const refuse = (reason: string): never => {
    throw new BrandFileError(`${source.path}:${lineOf(source, ['extends'])?.line ?? 1}: extends: ${reason}`);
  };
  const path = join(dirname(dir), String(parent), name);
  if (typeof parent !== 'string' || !/^[a-z][a-z0-9-]*$/.test(parent) || !existsSync(path))
    return refuse(`there is no ${String(parent)}/${name}`);
  const base = open(path);
  const inherited: unknown = base.document.toJS();
  if (isMap(inherited) && 'extends' in inherited) return refuse(`${parent} extends another brand itself`);
  return checked(laidOver(inherited, rest), [source, base], schema);
}

function open(path: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new BrandFileError(`${path}:${line}: ${broken.message.split('\n')[0]}`);
  }
  return { path, document, lines };
}

function checked<T>(value: unknown, sources: Source[], schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const at = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  const { path, line } = place(sources, named(value, at));
  throw new BrandFileError(
    `${path}:${line}: ${issue.path.join('.')}: ${issue.message}${suggestion(schema, value, issue)}`,
  );
}

/** What a misspelt key or word was probably meant to be, from the schema itself. */
function suggestion(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return meant(issue.keys[0]!, keysAt(z.toJSONSchema(schema, { unrepresentable: 'any' }), issue.path));
  const given = issue.path.reduce<unknown>((inner, key) => (inner as never)?.[key], value);
  if (issue.code === 'invalid_value' && typeof given === 'string')
    return meant(given, issue.values.map(String));
  return '';
}

function keysAt(schema: z.core.JSONSchema.BaseSchema, path: PropertyKey[]): string[] {
  const choices = (schema.anyOf ?? schema.oneOf ?? [schema]) as z.core.JSONSchema.BaseSchema[];
  const [key, ...rest] = path;
  return choices.flatMap((choice) => {
    if (key === undefined) return Object.keys(choice.properties ?? {});
    const inner =
      typeof key === 'number'
        ? choice.items
        : (choice.properties?.[String(key)] ?? choice.additionalProperties);
    return typeof inner === 'object' ? keysAt(inner as z.core.JSONSchema.BaseSchema, rest) : [];
  });
}

type Step = PropertyKey | { id: string };

/** The path with list positions told by the ids that stand there: positions differ between a file and what it extends. */
function named(value: unknown, path: PropertyKey[]): Step[] {
  let inner: unknown = value;
  return path.map((key) => {
    inner = (inner as never)?.[key];
    return typeof key === 'number' && isMap(inner) && typeof inner.id === 'string' ? { id: inner.id } : key;
  });
}

/** Where the whole path stands, in the file itself before the one that it extends; else its nearest surroundings. */
function place(sources: Source[], path: Step[]): { path: string; line: number } {
  const found = sources.map((source) => ({ path: source.path, ...lineOf(source, path) }));
  const best = found.find(({ whole }) => whole) ?? found[0]!;
  return { path: best.path, line: best.line ?? 1 };
}

/** The line of what stands there, or of the nearest thing around a place where nothing stands. */
function lineOf({ document, lines }: Source, path: Step[]): { line: number; whole: boolean } | undefined {
  const keys: PropertyKey[] = [];
  for (const step of path) {
    if (typeof step !== 'object') keys.push(step);
    else {
      const list = document.toJS() as unknown;
      const items = keys.reduce<unknown>((inner, key) => (inner as never)?.[key], list);
      const index = Array.isArray(items) ? items.findIndex((item) => isMap(item) && item.id === step.id) : -1;
      if (index < 0) break;
      keys.push(index);
    }
  }
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return { line: lines.linePos(node.range[0]).line, whole: depth === path.length };
  }
  return undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function laidOver(base: unknown, over: unknown): unknown {
  if (isMap(base) && isMap(over)) {
    const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
    const value = (key: string) => (key in over ? laidOver(base[key], over[key]) : base[key]);
    return Object.fromEntries([...keys].map((key) => [key, value(key)]));
  }
  if (!haveIds(base) || !haveIds(over)) return over;
  const changed = base.map((item) => {
    const own = over.find(({ id }) => id === item.id);
    return own ? laidOver(item, own) : item;
  });
  return [...changed, ...over.filter(({ id }) => !base.some((item) => item.id === id))];
}

function haveIds(value: unknown): value is { id: unknown }[] {
  return Array.isArray(value) && value.every((item) => isMap(item) && 'id' in item);
}
