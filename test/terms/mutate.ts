import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startPostgres } from '#server/local/postgres.ts';
import { makeTemplate } from '#server/world.ts';
import { ROOT } from '../tidy/sources.ts';
import { coverage } from './coverage.ts';
import { type Mutant, mutantBrands, mutantName, mutantsOf } from './mutants.ts';
import { type Tag, tagsIn } from './tags.ts';

/**
 * `node test/terms/mutate.ts [BRAND] [--only PARAMETER] [--numbers] [--jobs N]`: changes each figure of a brand's terms and runs
 * the tests that name its clauses on worlds with the changed terms. Killed: one of them fails, though it passes on
 * the true terms. Exit code 1 when a mutant survives.
 */

interface Verdict {
  mutant: Mutant;
  /** The test that noticed; null when none did. */
  by: string | null;
  /** Nothing could even start on these terms: noticed, but shown by no behaviour. */
  crude: boolean;
}

interface Failure {
  name: string;
  crude: boolean;
}

const FILE_TIMEOUT_MS = 600_000;

/** Browsers and real machines are slow and show what scenarios show. */
const LEFT_OUT = /^test\/(browser|story|contracts)\//;

/** Runs test files on these brands; stops at the first failure of a test that `matters`, when the brands are a mutant's. */
async function failures(
  files: string[],
  brandsDir: string | null,
  matters: (name: string) => boolean,
): Promise<Failure[]> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...files], {
    cwd: ROOT,
    env: { ...process.env, ...(brandsDir ? { WORLD_BRANDS: brandsDir } : {}) },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: FILE_TIMEOUT_MS,
  });
  const found: Failure[] = [];
  let failed: string | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const name = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1];
    if (name !== undefined) failed = name.replaceAll('\\', '');
    const type = /^\s*failureType: '(\w+)'/.exec(line)?.[1];
    if (!type || failed === null) continue;
    if (matters(failed)) found.push({ name: failed, crude: type !== 'testCodeFailure' });
    failed = null;
    // The rest isn't needed any more.
    if (brandsDir && found.some(({ crude }) => !crude)) break;
  }
  if (child.exitCode === null) child.kill('SIGTERM');
  return found;
}

class Laboratory {
  readonly #tags: Tag[];
  /** Tests that fail on the true terms, by file: they show nothing. */
  readonly #broken = new Map<string, Promise<Set<string>>>();

  constructor(tags: Tag[]) {
    this.#tags = tags;
  }

  async judge(mutant: Mutant): Promise<Verdict> {
    const tags = this.#tags.filter(
      ({ brand, clause, path }) =>
        brand === mutant.brand && mutant.clauses.includes(clause) && !LEFT_OUT.test(path),
    );
    const crude: string[] = [];
    if (tags.length === 0) return { mutant, by: null, crude: false };
    const brandsDir = mutantBrands(mutant);
    try {
      for (const path of new Set(tags.map((tag) => tag.path))) {
        const broken = await this.#baseline(path);
        const matters = (name: string) =>
          !broken.has(name) &&
          tagsIn(name).some(({ brand, clause }) => brand === mutant.brand && mutant.clauses.includes(clause));
        const found = await failures([path], brandsDir, matters);
        const noticed = found.find((failure) => !failure.crude);
        if (noticed) return { mutant, by: `${path}: ${noticed.name}`, crude: false };
        if (found.length > 0) crude.push(path);
      }
      return { mutant, by: crude[0] ?? null, crude: crude.length > 0 };
    } finally {
      await rm(brandsDir, { recursive: true, force: true });
    }
  }

  #baseline(path: string): Promise<Set<string>> {
    const known = this.#broken.get(path);
    if (known) return known;
    const found = failures([path], null, () => true).then((all) => new Set(all.map(({ name }) => name)));
    this.#broken.set(path, found);
    return found;
  }

  async brokenNow(): Promise<string[]> {
    const all = await Promise.all(
      [...this.#broken].map(async ([path, names]) => [...(await names)].map((name) => `${path}: ${name}`)),
    );
    return all.flat();
  }
}

function told({ mutant, by, crude }: Verdict): string {
  if (by === null) return `SURVIVED ${mutantName(mutant)}`;
  return `killed   ${mutantName(mutant)}  by ${by}${crude ? ' (nothing starts on it)' : ''}`;
}

/** Days, rates, percents, hours: without the words and the members of lists. */
const isNumber = (figure: unknown) => typeof figure === 'number' || /^\d+(\.\d+)?$/.test(String(figure));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      list: { type: 'boolean' },
      numbers: { type: 'boolean' },
    },
  });
  const { brands } = coverage();
  const chosen = positionals.length > 0 ? positionals : [...brands.keys()];
  const mutants = chosen
    .flatMap(mutantsOf)
    .filter(({ parameter }) => values.only === undefined || parameter === values.only)
    .filter(({ path, to }) => !values.numbers || (path.at(-1) !== 'id' && isNumber(to)));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`${mutants.length} mutants of ${chosen.join(', ')}`);
  if (values.list) {
    for (const mutant of mutants) say(`  ${mutantName(mutant)} (${mutant.clauses.join(', ')})`);
    return 0;
  }
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-mutate-'));
  const postgres = await startPostgres({
    leaves: 'nothing',
    dir,
    settings: { fsync: 'off', max_connections: '300' },
    log: () => undefined,
  });
  process.env.CLOUDPACT_TEST_POSTGRES = postgres.adminUrl;
  process.env.CLOUDPACT_TEST_TEMPLATE = await makeTemplate(postgres.adminUrl);
  const laboratory = new Laboratory(
    [...brands.values()].flatMap((clauses) => clauses.flatMap(({ tests }) => tests)),
  );
  const survivors: Mutant[] = [];
  try {
    const queue = [...mutants];
    const work = async () => {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const verdict = await laboratory.judge(mutant);
        if (verdict.by === null) survivors.push(mutant);
        say(told(verdict));
      }
    };
    await Promise.all(Array.from({ length: Number(values.jobs) }, work));
    for (const name of await laboratory.brokenNow()) say(`FAILS ON THE TRUE TERMS ${name}`);
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
  say(`${mutants.length - survivors.length} of ${mutants.length} killed`);
  for (const survivor of survivors)
    say(`  survived: ${mutantName(survivor)} (${survivor.clauses.join(', ')})`);
  return survivors.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
