import ts from 'typescript';
import { nodes, parse, type Source } from './sources.ts';

/** A house rule that one file can break by itself, told from its syntax. */
export interface Rule {
  name: string;
  /** Which files it holds for. */
  within: RegExp;
  /** Files that may, each with its reason. */
  except: Record<string, string>;
  breaks(node: ts.Node, file: ts.SourceFile): boolean;
  /** A line that breaks it. */
  planted: string;
}

const SERVER = /^server\/.*\.ts$/;
const ROOMS_AND_EDGES = /^server\/(?!kernel\/|drivers\/|local\/|cli\/).*(?<!\.test)\.ts$/;
const OURS = /^(server|test|bench|console\/src)\/.*\.tsx?$/;

function isCallOf(node: ts.Node, ...names: string[]): node is ts.CallExpression {
  return ts.isCallExpression(node) && names.includes(node.expression.getText());
}

function isText(node: ts.Node): node is ts.StringLiteralLike | ts.TemplateLiteralLikeNode {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}

function isMoneyFile(file: ts.SourceFile): boolean {
  return /\/(billing|ledger|catalogue)\/|\/money\.ts$/.test(file.fileName);
}

function takesShell(node: ts.Node): boolean {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'shell') return false;
  return node.initializer.kind !== ts.SyntaxKind.FalseKeyword;
}

export const RULES: Rule[] = [
  {
    name: 'the machine’s clock is read in kernel/clock.ts alone',
    within: SERVER,
    except: {
      'server/kernel/clock.ts': 'this is the clock',
      'server/drivers/alipay/sandbox.ts': 'a stand-in outside our time, when nobody gives it a clock',
      'server/drivers/aliyun/sandbox-wire.ts': 'a stand-in: checks the real date of a signed request',
    },
    breaks: (node) =>
      isCallOf(node, 'Date.now', 'Date') ||
      (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length),
    planted: 'const at = new Date();',
  },
  {
    name: 'SQL doesn’t read the database’s clock',
    within: ROOMS_AND_EDGES,
    except: {},
    breaks: (node) =>
      isText(node) &&
      /\b(now\s*\(\s*\)|(current|local)_?time(stamp)?\b|(clock|statement|transaction)_timestamp)/i.test(
        node.text,
      ),
    planted: 'sql`select now()`;',
  },
  {
    name: 'no float touches money',
    within: /^server\/(modules|http|kernel)\/.*(?<!\.test)\.ts$/,
    except: {},
    breaks: (node, file) =>
      isCallOf(node, 'parseFloat', 'Number.parseFloat') ||
      (ts.isCallExpression(node) && /\.toFixed$/.test(node.expression.getText())) ||
      (isCallOf(node, 'Number') &&
        node.arguments.some((argument) =>
          /micro|amount|price|total|balance|yuan|fen\b/i.test(argument.getText()),
        )) ||
      (isMoneyFile(file) && ts.isNumericLiteral(node) && /[.]/.test(node.getText())),
    planted: 'const yuan = Number(row.amount_micro) / 1e6;',
  },
  {
    name: 'no any',
    within: OURS,
    except: {
      'console/src/ui/form-problem.ts':
        'Ant Design’s FormInstance is invariant in its values; only names are used',
    },
    breaks: (node) => node.kind === ts.SyntaxKind.AnyKeyword,
    planted: 'const x: any = 1;',
  },
  {
    name: 'no default exports',
    within: OURS,
    except: {},
    breaks: (node) =>
      ts.isExportAssignment(node) ||
      (ts.canHaveModifiers(node) &&
        Boolean(ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword))) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default'),
    planted: 'export default 1;',
  },
  {
    name: 'no barrels but doors',
    within: OURS,
    except: {},
    breaks: (node, file) =>
      ts.isExportDeclaration(node) &&
      node.exportClause === undefined &&
      node.moduleSpecifier !== undefined &&
      !/schema\.d\.ts$/.test(file.fileName),
    planted: "export * from './x.ts';",
  },
  {
    name: 'only what type stripping takes: no enums, parameter properties, namespaces',
    within: OURS,
    except: {},
    breaks: (node) =>
      ts.isEnumDeclaration(node) ||
      (ts.isParameter(node) && Boolean(ts.getModifiers(node)?.length)) ||
      (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) && node.name.text !== 'global'),
    planted: 'class X { constructor(readonly y: string) {} }',
  },
  {
    name: 'no .only, and no skip without a reason',
    within: /^(server|test|bench)\/.*\.test\.ts$/,
    except: {},
    breaks: (node) =>
      (ts.isPropertyAccessExpression(node) && ['only', 'todo'].includes(node.name.text)) ||
      (ts.isPropertyAssignment(node) &&
        ['skip', 'only', 'todo'].includes(node.name.getText()) &&
        node.initializer.kind === ts.SyntaxKind.TrueKeyword) ||
      (isCallOf(node, 't.skip', 'test.skip') && !node.arguments[0]),
    planted: "test.only('x', () => {});",
  },
  {
    name: 'errors are never swallowed: no empty catch',
    within: OURS,
    except: {},
    breaks: (node, file) =>
      ts.isCatchClause(node) &&
      node.block.statements.length === 0 &&
      !/\/[/*]/.test(file.text.slice(node.block.pos, node.block.end)),
    planted: 'try { x(); } catch {}',
  },
  {
    name: 'commands are argument arrays, never shell strings',
    within: OURS,
    except: {},
    breaks: (node) =>
      takesShell(node) ||
      (ts.isImportSpecifier(node) &&
        ['exec', 'execSync'].includes((node.propertyName ?? node.name).text) &&
        /child_process/.test(node.parent.parent.parent.getText())) ||
      (ts.isPropertyAccessExpression(node) && /child_?process\.exec(Sync)?$/i.test(node.getText())),
    planted: "import { execSync } from 'node:child_process';",
  },
  {
    name: 'the log is pino’s; console is for commands',
    within: /^server\/(?!cli\/|story\/).*(?<!\.test)\.ts$/,
    except: { 'server/main.ts': 'a start that failed may have no log yet' },
    breaks: (node) =>
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'console',
    planted: "console.log('x');",
  },
];

/** "path:line" of each place that breaks the rule. */
export function breaches(rule: Rule, files: Source[]): string[] {
  return files
    .filter(({ path }) => rule.within.test(path) && !rule.except[path])
    .flatMap((source) => {
      const file = parse(source);
      return [...nodes(file)]
        .filter(({ node }) => rule.breaks(node, file))
        .map(({ line }) => `${source.path}:${line}`);
    });
}
