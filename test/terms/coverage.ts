import { join } from 'node:path';
import { readBrandFile } from '#kernel/brand-file.ts';
import { Brands } from '#kernel/brands.ts';
import { type TermsDocument, termsFile } from '#modules/terms/index.ts';
import { ROOT, sources } from '../tidy/sources.ts';
import { citedWithin } from './cited.ts';
import { DECLARED } from './declared.ts';
import { type Read, readsOf } from './reads.ts';
import { type Tag, tagsOf } from './tags.ts';

/** One clause: what it asks for, the code that acts on it, the tests that show it. */
export interface ClauseCoverage {
  id: string;
  kind: TermsDocument['clauses'][number]['kind'];
  title: { zh: string; en: string };
  /** Parameters that cite the clause, with each place that reads one. */
  parameters: { name: string; reads: Read[] }[];
  /** Places whose comment names the clause. */
  said: Read[];
  tests: Tag[];
  /** Of a declared clause: why there is nothing to do. */
  why: string | null;
}

export interface Coverage {
  brands: Map<string, ClauseCoverage[]>;
  /** Tags that name no brand, or no clause of it. */
  astray: Tag[];
}

/** A brand whose agreement another one follows clause by clause is shown by the same tests. */
const FOLLOWS: Record<string, string> = { wujiyun: 'asiayun' };

export function coverage(): Coverage {
  const shipped = Brands.load(join(ROOT, 'brands')).all;
  const terms = new Map(shipped.map(({ id, dir }) => [id, readBrandFile(dir, 'terms.yaml', termsFile)]));
  const tests = sources(['server', 'test'], ['.test.ts']);
  const code = sources(['server'], ['.ts']).filter(({ path }) => !path.endsWith('.test.ts'));
  const tags = tagsOf(tests);
  const known = new Set([...terms.values()].flatMap(({ parameters }) => Object.keys(parameters)));
  const names = new Map(shipped.map(({ id, name }) => [name.zh, id]));
  const reads = readsOf(code, known, names);
  const brands = new Map(
    [...terms].map(([brand, document]) => {
      const of = (name: string) => name === brand || name === FOLLOWS[brand];
      const clauses = document.clauses.map((clause) => ({
        ...clause,
        parameters: parametersOf(document, clause.id).map((name) => ({
          name,
          reads: once(reads.filter(({ parameter }) => parameter === name)),
        })),
        said: once(reads.filter(({ said }) => said && of(said.brand) && said.clause === clause.id)),
        tests: tags.filter((tag) => of(tag.brand) && tag.clause === clause.id),
        why: DECLARED[brand]?.[clause.id] ?? null,
      }));
      return [brand, clauses];
    }),
  );
  const has = ({ brand, clause }: Tag) => terms.get(brand)?.clauses.some(({ id }) => id === clause) ?? false;
  return { brands, astray: tags.filter((tag) => !has(tag)) };
}

/** Names of the parameters that cite the clause, as theirs or for a part of what they do. */
function parametersOf({ parameters }: TermsDocument, id: string): string[] {
  return Object.entries(parameters)
    .filter(([, parameter]) => citedWithin(parameter).includes(id))
    .map(([name]) => name);
}

function once(reads: Read[]): Read[] {
  const seen = new Set<string>();
  return reads.filter(({ path, line }) => !seen.has(`${path}:${line}`) && seen.add(`${path}:${line}`));
}
