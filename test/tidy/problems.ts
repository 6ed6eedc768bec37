import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemCatalogue } from '#kernel/problem.ts';
import { openapiDocument } from '#server/openapi.ts';
import { ROOT } from './sources.ts';

export const PROBLEMS_FILE = 'docs/problems.md';

/** docs/problems.md as the rooms' own texts give it: `node test/tidy/problems.ts` writes it. */
export async function problemsDocument(): Promise<string> {
  // Loads every room, and with it every problem.
  await openapiDocument();
  const rows = [...problemCatalogue()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, title, remedy }]) => {
      const told = [title.zh, remedy.zh, title.en, remedy.en].map((text) => text.replaceAll('|', '\\|'));
      return `| \`${code}\` | ${status} | ${told[0]}<br>${told[1]} | ${told[2]}<br>${told[3]} |`;
    });
  return `# Problems

What the API may answer instead of what was asked for, as \`application/problem+json\` (RFC 9457) with the
type \`/problems/CODE\`. Codes are stable. This file is made from the code: \`node test/tidy/problems.ts\`.

| code | status | zh | en |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (import.meta.main) writeFileSync(join(ROOT, PROBLEMS_FILE), await problemsDocument());
