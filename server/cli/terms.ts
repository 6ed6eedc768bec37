import { CommandError, command, UsageError } from './command.ts';

/** Prints each clause of a brand with the code that acts on it and the tests that show it; 1 when a clause has no test. */
export const run = command({
  options: {},
  words: ['act', 'brand'],
  run: async (_values, [act, wanted]) => {
    if (act !== 'coverage') throw new UsageError('terms coverage, or terms coverage BRAND');
    const { coverage } = await import('../../test/terms/coverage.ts');
    const { coverageText } = await import('../../test/terms/coverage-text.ts');
    const { brands } = coverage();
    if (wanted && !brands.has(wanted))
      throw new CommandError(`there is no brand ${wanted}: ${[...brands.keys()].join(', ')}`);
    const chosen = [...brands].filter(([brand]) => !wanted || brand === wanted);
    for (const [brand, clauses] of chosen)
      process.stdout.write(`${coverageText(brand, clauses).join('\n')}\n\n`);
    const bare = chosen.flatMap(([, clauses]) =>
      clauses.filter(({ kind, tests }) => kind !== 'declared' && tests.length === 0),
    );
    return bare.length > 0 ? 1 : 0;
  },
});
