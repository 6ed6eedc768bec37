import type { ClauseCoverage } from './coverage.ts';
import { OPEN, PARTLY } from './open.ts';

/** Coverage of a brand for people: one block a clause, clause → code → tests. */
export function coverageText(brand: string, clauses: ClauseCoverage[]): string[] {
  const asked = clauses.filter(({ kind }) => kind !== 'declared');
  const bare = asked.filter(({ tests }) => tests.length === 0);
  return [
    `${brand}: ${asked.length - bare.length} of ${asked.length} clauses are shown by a test, ${clauses.length - asked.length} are declared only`,
    ...clauses.flatMap((clause) => ['', ...block(clause), ...partly(brand, clause.id)]),
    ...(bare.length > 0 ? ['', `WITHOUT A TEST: ${bare.map(({ id }) => id).join(', ')}`] : []),
    ...bare.map(({ id }) => `  ${id}: ${waitsFor(brand, id)}`),
  ];
}

function block(clause: ClauseCoverage): string[] {
  const head = `  ${clause.id} ${clause.kind}: ${clause.title.zh} ${clause.title.en}`;
  if (clause.kind === 'declared') return [head, `    nothing to do: ${clause.why}`];
  const place = ({ path, line }: { path: string; line: number }) => `${path}:${line}`;
  return [
    head,
    ...clause.parameters.map(
      ({ name, reads }) =>
        `    figure ${name}: ${reads.length > 0 ? reads.map(place).join(', ') : 'read by no code yet'}`,
    ),
    ...(clause.said.length > 0 ? [`    code   ${clause.said.map(place).join(', ')}`] : []),
    ...clause.tests.map((tag) => `    test   ${place(tag)} ${tag.test}`),
    ...(clause.tests.length === 0 ? ['    test   NONE'] : []),
  ];
}

/** 武极云 follows 亚云 clause by clause. */
const followed = (brand: string) => (brand === 'wujiyun' ? 'asiayun' : brand);

/** Which product a clause without a test waits for. */
function waitsFor(brand: string, id: string): string {
  return OPEN[followed(brand)]?.[id] ?? 'nobody said what it waits for';
}

function partly(brand: string, id: string): string[] {
  const missing = PARTLY[followed(brand)]?.[id];
  return missing ? [`    PARTLY ${missing}`] : [];
}
