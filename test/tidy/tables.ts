import ts from 'typescript';
import { nodes, parse, type Source } from './sources.ts';

/** Tables that all rooms may read: whose deployment this is. */
const COMMON = new Set(['kernel_deployment']);

const MAY_LOOK: Record<string, string> = {
  'server/story/lantian.ts':
    'asks the hypervisor itself what is there, and for that needs the machine’s name',
  'server/story/lantian-hard.ts':
    'writes down what a busy machine would have used: its clock moves faster than any machine computes',
  ...Object.fromEntries(
    ['contacts', 'people', 'messages', 'money', 'records', 'services'].map((part) => [
      `server/personal-data-${part}.ts`,
      'lists columns and what they are kept for; room privacy acts on them by this list (decision 0038)',
    ]),
  ),
  'server/schema.ts': 'says to the database which append-only rows are locked; rooms lock them',
  'server/sealed-columns.ts': 'lists sealed columns and their owners; the rotation of keys goes by it',
};

/** Tables that are older than their room, which was split from the one they are named after (decision 0024). */
const OLDER: Record<string, string> = {
  billing_usage_payment: 'usage',
  billing_arrears: 'usage',
  billing_gift: 'gifts',
  billing_gift_use: 'gifts',
  identity_staff: 'staff',
  identity_real_name_check: 'verification',
  factors_recovery: 'entrance',
  identity_contact: 'reach',
  identity_contact_code: 'reach',
  arrears_bill: 'bills',
  arrears_credit: 'bills',
  terms_disagreement: 'revisions',
  metering_budget: 'budgets',
  metering_alert: 'budgets',
  metering_stop: 'budgets',
  documents_contract: 'contracts',
  lifecycle_ending: 'endings',
  lifecycle_proposal: 'endings',
  lifecycle_certificate: 'endings',
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

/** A table belongs to the room whose name it begins with, or that it went to; only that room's files name it. */
export function trespasses(sources: Source[], tables: string[]): string[] {
  return sources.flatMap((source) => {
    if (MAY_LOOK[source.path]) return [];
    const owner = /^server\/modules\/([^/]+)\//.exec(source.path)?.[1] ?? 'kernel';
    return tablesNamed(source, tables)
      .filter(({ table }) => !COMMON.has(table))
      .filter(({ table }) =>
        owner === 'kernel' ? !/^(kernel_|graphile_worker\.)/.test(table) : roomOf(table, owner) !== owner,
      )
      .map(({ table, line }) => `${source.path}:${line}: ${table}`);
  });
}

/** The room that a table belongs to, asked by a file of `asking`. */
function roomOf(table: string, asking: string): string | undefined {
  return OLDER[table] ?? (table.startsWith(`${asking}_`) ? asking : undefined);
}
