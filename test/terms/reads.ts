import ts from 'typescript';
import { nodes, parse, type Source } from '../tidy/sources.ts';

/** Where code rests on an agreement. */
export interface Read {
  /** A parameter that is read, or whose clause is cited … */
  parameter?: string;
  /** … or a clause that a comment names, by the brand's Chinese name. */
  said?: { brand: string; clause: string };
  path: string;
  line: number;
}

/** Functions that take a parameter's name and answer or cite its clause. */
const CITES = /(?:^|\.)(?:clauseOf|clauseCited|clauseFor|sourceOf|shut)$/;

/** Each place where the code reads a parameter of the terms, cites the clause of one, or says which clause it follows. */
export function readsOf(files: Source[], known: ReadonlySet<string>, names: Map<string, string>): Read[] {
  return files.flatMap((source) => {
    const file = parse(source);
    const found: Read[] = [];
    for (const { node, line } of nodes(file))
      for (const parameter of parametersAt(node))
        if (known.has(parameter)) found.push({ parameter, path: source.path, line });
    return [...found, ...saidIn(source, names)];
  });
}

function* parametersAt(node: ts.Node): Generator<string> {
  if (ts.isPropertyAccessExpression(node) && isParameters(node.expression)) yield node.name.text;
  if (ts.isCallExpression(node) && CITES.test(node.expression.getText()))
    for (const argument of node.arguments) if (ts.isStringLiteralLike(argument)) yield argument.text;
  if (ts.isObjectBindingPattern(node) && bindsParameters(node))
    for (const { propertyName, name } of node.elements) yield (propertyName ?? name).getText();
}

function isParameters(node: ts.Node): boolean {
  return /(?:^|\.)parameters!?$/.test(node.getText());
}

/** `const { expiry } = terms.parameters`, `({ periods }: Parameters) =>`, `{ parameters: { expiry } }`. */
function bindsParameters(pattern: ts.ObjectBindingPattern): boolean {
  const { parent } = pattern;
  if (ts.isVariableDeclaration(parent) && parent.initializer) return isParameters(parent.initializer);
  if (ts.isParameter(parent)) return parent.type?.getText() === 'Parameters';
  return ts.isBindingElement(parent) && parent.propertyName?.getText() === 'parameters';
}

/** "蓝天云 5.3" in a comment: the house's way to say which clause a function follows. */
function saidIn(source: Source, names: Map<string, string>): Read[] {
  const said = new RegExp(`(${[...names.keys()].join('|')}) ([A-Z]?\\d[\\w.-]*[\\w])`, 'g');
  const comments = /\/\*\*?[\s\S]*?\*\/|\/\/.*/g;
  return [...source.text.matchAll(comments)].flatMap((comment) =>
    [...comment[0].matchAll(said)].map((match) => ({
      said: { brand: names.get(match[1]!)!, clause: match[2]! },
      path: source.path,
      line: source.text.slice(0, comment.index + match.index).split('\n').length,
    })),
  );
}
