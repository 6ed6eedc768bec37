import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BrandFileError } from '#kernel/brand-file.ts';
import { meant } from '#kernel/nearest.ts';
import { brandDiff, regionsEntering } from '#server/brand-diff.ts';
import { type BrandFolder, readBrandFolder } from '#server/brand-files.ts';
import { CommandError, command, PROJECT_ROOT, UsageError } from './command.ts';

const ACTS = ['check', 'diff', 'load'];

/** Says whether a brand's folder is in form, or what differs between two (named by folder or by id); or loads one. */
export const run = command({
  options: { data: { type: 'string' }, 'shut-ports': { type: 'boolean' } },
  words: ['act', 'brand', 'other'],
  run: async ({ data, 'shut-ports': shutPorts = false }, [act, first, second]) => {
    if (!act || !ACTS.includes(act)) {
      throw new UsageError(
        `brand check DIR, brand diff DIR OTHER or brand load DIR${act ? meant(act, ACTS) : ''}`,
      );
    }
    if (!first || (act === 'diff') !== (second !== undefined))
      throw new UsageError(act === 'diff' ? 'brand diff DIR OTHER' : `brand ${act} DIR`);
    if (act === 'load') {
      const { brandLoad } = await import('./brand-load.ts');
      process.stdout.write(`${(await brandLoad(first, { dataDir: data, shutPorts })).join('\n')}\n`);
      return 0;
    }
    const lines =
      second === undefined ? summary(read(first)) : await difference(read(first), read(second), data);
    process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  },
});

function read(name: string): BrandFolder {
  const dir = existsSync(join(name, 'brand.yaml')) ? resolve(name) : join(PROJECT_ROOT, 'brands', name);
  if (!existsSync(dir)) throw new CommandError(`there is no folder ${name}, and no brand of that name`);
  try {
    return readBrandFolder(dir);
  } catch (error) {
    if (error instanceof BrandFileError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CommandError((error as Error).message, { cause: error });
    throw error;
  }
}

function summary({ brand, terms, catalogue }: BrandFolder): string[] {
  const count = (kind: string) => terms.clauses.filter((clause) => clause.kind === kind).length;
  const kinds = ['automated', 'gate', 'tool', 'notice', 'record', 'declared'];
  const plans = catalogue.products.flatMap((product) => product.plans);
  const metered = catalogue.metered ?? [];
  return [
    `${brand.id} ${brand.name.zh} ${brand.name.en}: in form.`,
    `  terms     ${terms.version}, ${terms.clauses.length} clauses (${kinds.map((kind) => `${count(kind)} ${kind}`).join(', ')})`,
    `  figures   ${Object.keys(terms.parameters).join(', ')}`,
    `  sold      ${plans.length} plans by the month, ${metered.length} products by use`,
    `  domains   ${[...brand.domains, `${brand.id}.localhost`].join(', ')}`,
  ];
}

async function difference(
  before: BrandFolder,
  after: BrandFolder,
  dataDir: string | undefined,
): Promise<string[]> {
  const lines = [...brandDiff(before, after), ...(await shutBy(before, after, dataDir))];
  return lines.length === 0 ? ['Nothing differs for customers.'] : lines;
}

/** Between two states of one brand that has machines here: how many a region that comes into the mainland cuts off. */
async function shutBy(
  before: BrandFolder,
  after: BrandFolder,
  dataDir: string | undefined,
): Promise<string[]> {
  if (before.brand.id !== after.brand.id || regionsEntering(before, after).length === 0) return [];
  const { machinesShut } = await import('./brand-load.ts');
  const counted = await machinesShut(after, dataDir);
  if (!counted) return ['How many machines that cuts off is said where they run: nothing runs here.'];
  return counted.length === 0 ? ['No machine here is cut off by that.'] : counted;
}
