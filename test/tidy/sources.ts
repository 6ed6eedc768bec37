import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export const ROOT = join(import.meta.dirname, '../..');

const LEFT_OUT = new Set(['node_modules', 'dist', 'data', '.git', '.cloudpact', 'test-results']);

export interface Source {
  /** From the root, with forward slashes. */
  path: string;
  text: string;
}

/** All files below these folders (or the files themselves) whose names end so. */
export function sources(below: string[], endings: string[]): Source[] {
  const found: Source[] = [];
  const look = (path: string) => {
    for (const entry of readdirSync(join(ROOT, path), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory()) look(inner);
      else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(read(inner));
    }
  };
  for (const path of below) look(path);
  return found;
}

export function read(path: string): Source {
  return { path: relative(ROOT, join(ROOT, path)), text: readFileSync(join(ROOT, path), 'utf8') };
}

const parsed = new WeakMap<Source, ts.SourceFile>();

export function parse(source: Source): ts.SourceFile {
  const file =
    parsed.get(source) ?? ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  parsed.set(source, file);
  return file;
}

/** Each node of the file, and the line that it begins on. */
export function* nodes(file: ts.SourceFile): Generator<{ node: ts.Node; line: number }> {
  const stack: ts.Node[] = [file];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield { node, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 };
    node.forEachChild((child) => {
      stack.push(child);
    });
  }
}
