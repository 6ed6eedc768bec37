import ts from 'typescript';
import { nodes, parse, type Source } from './sources.ts';

/** Tables that all rooms may read: whose deployment this is. */
const COMMON = new Set(['kernel_deployment']);

const MAY_LOOK: Record<string, string> = {
  'server/story/lantian.ts':
    'asks the hypervisor itself what is there, and for that needs the machine’s name',
};

export function tablesOf(migrations: Source[]): string[] {
  return migrations.flatMap(({ text }) =>
    [...text.matchAll(/create table (?:if not exists )?(\w+)/g)].map((match) => match[1]!),
  );
}

/** Which tables this file names in its SQL, with the line; type declarations don't count. */
export function tablesNamed(source: Source, tables: string[]): { table: string; line: number }[] {
  const known = new RegExp(`\\b(${tables.join('|')}|graphile_worker\\.\\w+)\\b`, 'g');
  return [...nodes(parse(source))].flatMap(({ node, line }) => {
    const text =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
        ? node.text
        : '';
    return [...text.matchAll(known)].map((match) => ({ table: match[1]!, line }));
  });
}

/** Tables belong to the room whose name they begin with; only that room's files name them. */
export function trespasses(sources: Source[], tables: string[]): string[] {
  return sources.flatMap((source) => {
    if (MAY_LOOK[source.path]) return [];
    const owner = /^server\/modules\/([^/]+)\//.exec(source.path)?.[1] ?? 'kernel';
    return tablesNamed(source, tables)
      .filter(({ table }) => !COMMON.has(table))
      .filter(({ table }) =>
        owner === 'kernel' ? !/^(kernel_|graphile_worker\.)/.test(table) : !table.startsWith(`${owner}_`),
      )
      .map(({ table, line }) => `${source.path}:${line}: ${table}`);
  });
}
