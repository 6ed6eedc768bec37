import ts from 'typescript';
import { nodes, parse, type Source } from '../tidy/sources.ts';

/** A test whose name says which clause it shows: `[lantian 5.3] deleted when three days have passed`. */
export interface Tag {
  brand: string;
  clause: string;
  test: string;
  path: string;
  line: number;
}

const CLAUSE = '[A-Za-z0-9][A-Za-z0-9.-]*';
const TAG = new RegExp(`\\[([a-z]+) (${CLAUSE}(?:, ${CLAUSE})*)\\]`, 'g');

/** Brand and clause of each tag in a test's name; `[qiniu 7.2, 7.2.1]` are two. */
export function tagsIn(name: string): Pick<Tag, 'brand' | 'clause'>[] {
  return [...name.matchAll(TAG)].flatMap(([, brand = '', clauses = '']) =>
    clauses.split(', ').map((clause) => ({ brand, clause })),
  );
}

/** The tags of every test in these files, told from the first argument of calls that make tests. */
export function tagsOf(files: Source[]): Tag[] {
  return files.flatMap((source) =>
    [...nodes(parse(source))].flatMap(({ node, line }) => {
      const test = testName(node);
      if (test === null) return [];
      return tagsIn(test).map((tag) => ({ ...tag, test, path: source.path, line }));
    }),
  );
}

/** The name that a call gives to a test; null when it makes none, or one that never runs. */
function testName(node: ts.Node): string | null {
  if (!ts.isCallExpression(node) || !/^(?:\w+\.)?(?:test|it)$/.test(node.expression.getText())) return null;
  const [name, options] = node.arguments;
  if (!name || (options && ts.isObjectLiteralExpression(options) && skips(options))) return null;
  if (ts.isStringLiteralLike(name)) return name.text;
  if (!ts.isTemplateExpression(name)) return null;
  return name.head.text + name.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

function skips(options: ts.ObjectLiteralExpression): boolean {
  return options.properties.some(
    (property) =>
      ts.isPropertyAssignment(property) &&
      ['skip', 'todo'].includes(property.name.getText()) &&
      (ts.isStringLiteralLike(property.initializer) ||
        property.initializer.kind === ts.SyntaxKind.TrueKeyword),
  );
}
