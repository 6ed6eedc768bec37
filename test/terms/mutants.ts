import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isScalar, parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { parameters as schema } from '#modules/figures/index.ts';
import { readBrandFolder } from '#server/brand-files.ts';
import { ROOT } from '../tidy/sources.ts';
import { CITES, citedBy } from './cited.ts';

/** A brand's terms with one figure changed: what a test that shows the clause has to notice. */
export interface Mutant {
  brand: string;
  parameter: string;
  /** Below the parameter; empty when all of it is taken away. */
  path: (string | number)[];
  from: unknown;
  /** Undefined: taken away. */
  to: unknown;
  /** Clauses that the parameter cites. */
  clauses: string[];
}

type Path = (string | number)[];
interface Change {
  path: Path;
  from: unknown;
  /** Tried in this order until the terms are still in form. */
  candidates: unknown[];
}

/** Each figure of the brand's own file, changed a little; those that no file in form may have are left out. */
export function mutantsOf(brand: string): Mutant[] {
  const file = join(ROOT, 'brands', brand, 'terms.yaml');
  const { parameters = {} } = parse(readFileSync(file, 'utf8')) as {
    parameters?: Record<string, Record<string, unknown>>;
  };
  return Object.entries(parameters).flatMap(([parameter, value]) => {
    const changes = [...changesIn(value, [], enumsOf(parameter))];
    if (changes.length === 0) changes.push({ path: [], from: value, candidates: [undefined] });
    return changes.flatMap(({ path, from, candidates }) => {
      const clauses = citedAlong(value, path);
      const to = candidates.findIndex((candidate) =>
        inForm({ brand, parameter, path, from, to: candidate, clauses }),
      );
      return to === -1 ? [] : [{ brand, parameter, path, from, to: candidates[to], clauses }];
    });
  });
}

/** What the parameter itself and each row on the way to the figure cite. */
function citedAlong(value: unknown, path: Path): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const [next, ...rest] = path;
  const inner = next === undefined ? [] : citedAlong((value as Record<string, unknown>)[next], rest);
  return [...new Set([...citedBy(value), ...inner])];
}

function* changesIn(value: unknown, path: Path, words: Map<string, string[]>): Generator<Change> {
  if (typeof value === 'number') yield { path, from: value, candidates: [value + 1, value - 1] };
  else if (typeof value === 'string') {
    const candidates = /^\d+(\.\d+)?$/.test(value)
      ? nextDecimals(value)
      : (words.get(keyOf(path)) ?? []).filter((word) => word !== value);
    if (candidates.length > 0) yield { path, from: value, candidates };
  } else if (Array.isArray(value)) yield* changesInList(value, path, words);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      if (!CITES.test(key)) yield* changesIn(inner, [...path, key], words);
  }
}

/** Lists of words lose one; lists of figures and of rows have each of theirs changed. */
function* changesInList(list: unknown[], path: Path, words: Map<string, string[]>): Generator<Change> {
  const plain = list.every((member) => typeof member === 'string');
  for (const [i, member] of list.entries()) {
    if (!plain) yield* changesIn(member, [...path, i], words);
    // Of a long list the first stands for all.
    else if (list.length > 1 && (list.length <= 4 || i === 0))
      yield { path: [...path, i], from: member, candidates: [undefined] };
  }
}

function nextDecimals(text: string): string[] {
  const last = Number(text.at(-1));
  return [last === 9 ? 8 : last + 1, last === 0 ? 1 : last - 1].map((digit) => text.slice(0, -1) + digit);
}

/** The words that the schema allows at each place below a parameter; places in lists count as one. */
function enumsOf(parameter: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  type Node = {
    enum?: string[];
    const?: string;
    properties?: Record<string, Node>;
    items?: Node;
    anyOf?: Node[];
    oneOf?: Node[];
  };
  const walk = (node: Node | undefined, path: Path) => {
    if (!node) return;
    const words = node.enum ?? (typeof node.const === 'string' ? [node.const] : []);
    if (words.length > 0) found.set(keyOf(path), [...(found.get(keyOf(path)) ?? []), ...words]);
    for (const inner of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) walk(inner, path);
    for (const [key, inner] of Object.entries(node.properties ?? {})) walk(inner, [...path, key]);
    walk(node.items, [...path, 0]);
  };
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as unknown as Node;
  walk(whole.properties?.[parameter], []);
  return found;
}

const keyOf = (path: Path) => path.map((part) => (typeof part === 'number' ? '#' : part)).join('.');

/** A folder of all brands with the mutant in it; the caller removes it. */
export function mutantBrands({ brand, parameter, path, to }: Mutant): string {
  const dir = mkdtempSync(join(tmpdir(), 'cloudpact-mutant-'));
  cpSync(join(ROOT, 'brands'), dir, { recursive: true });
  const file = join(dir, brand, 'terms.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, changed(text, ['parameters', parameter, ...path], to));
  return dir;
}

/** A figure is changed where it stands, so that all else reads as it did. */
function changed(text: string, place: Path, to: unknown): string {
  const document = parseDocument(text);
  if (to === undefined) {
    document.deleteIn(place);
    return document.toString({ lineWidth: 0 });
  }
  const scalar = document.getIn(place, true);
  if (!isScalar(scalar) || !scalar.range) throw new Error(`nothing stands at ${place.join('.')}`);
  const written = scalar.type === 'PLAIN' ? String(to) : JSON.stringify(to);
  return text.slice(0, scalar.range[0]) + written + text.slice(scalar.range[1]);
}

function inForm(mutant: Mutant): boolean {
  const dir = mutantBrands(mutant);
  try {
    readBrandFolder(join(dir, mutant.brand));
    return true;
  } catch {
    // Refused as no brand's terms may read: nothing could run on it.
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function mutantName({ brand, parameter, path, from, to }: Mutant): string {
  const place = [parameter, ...path].join('.');
  const was = typeof from === 'object' ? '…' : JSON.stringify(from);
  return `${brand} ${place}: ${was} → ${to === undefined ? 'gone' : JSON.stringify(to)}`;
}
