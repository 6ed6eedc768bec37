import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BrandFileError, readYaml } from '#kernel/brand-file.ts';
import { type Brand, Brands, brandFile, brandsRestore } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import { connect, signal, type Tx, transact } from '#kernel/db.ts';
import { Bus } from '#kernel/events.ts';
import { wallClock } from '#kernel/time.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import { tariffsLoad } from '#modules/metering/index.ts';
import { subscribe as pricesListens } from '#modules/prices/index.ts';
import { subscribe as revisionsListens } from '#modules/revisions/index.ts';
import { type TermsLoaded, termsLoad } from '#modules/terms/index.ts';
import { brandDiff } from '#server/brand-diff.ts';
import { type BrandFolder, readBrandFolder } from '#server/brand-files.ts';
import { CommandError, dataDirOf, PROJECT_ROOT } from './command.ts';
import { commandCtx } from './command-ctx.ts';
import { cutOff } from './cut-off.ts';
import { openDatabase } from './own-database.ts';

const FILES = ['brand.yaml', 'terms.yaml', 'catalogue.yaml'];

/** Where a deployment's brands are. */
export function brandsDirOf(): string {
  return resolve(process.env.CLOUDPACT_BRANDS_DIR || join(PROJECT_ROOT, 'brands'));
}

/**
 * Adds or updates the brand in `from`, or all brands whose folders are in it: they are put beside those that are
 * there and all are checked together; what is new goes into the database, and the folders take their places, in one
 * transaction. A running deployment reads its brands again at its commit. Returns what was done, in lines. Where machines
 * would be cut off it says how many and does nothing, unless `shutPorts` says that it is meant.
 */
export async function brandLoad(
  from: string,
  { dataDir, shutPorts }: { dataDir: string | undefined; shutPorts: boolean },
): Promise<string[]> {
  const sources = foldersIn(from);
  const root = brandsDirOf();
  if (!existsSync(root)) throw new CommandError(`there is no folder ${root} (CLOUDPACT_BRANDS_DIR)`);
  brandsRestore(root);
  const staging = mkdtempSync(join(root, '.loading-'));
  try {
    const ids = stage(root, staging, sources);
    const staged = checked(staging, root, sources);
    const lines = ids.flatMap((id) => placed(root, staging, id));
    const database = await openedHere(dataDir);
    if (!database) {
      for (const id of ids) brandPlace(root, staging, id);
      return [...lines, 'Nothing runs here yet: it is loaded at the first start.'];
    }
    try {
      const shut: string[] = [];
      for (const brand of staged.all)
        shut.push(...(await cutOff(database.url, brand, readBrandFolder(brand.dir).catalogue)));
      if (shut.length > 0 && !shutPorts)
        throw new CommandError(
          [...shut, 'nothing is loaded; if that is meant: brand load --shut-ports'].join('\n'),
        );
      return [...lines, ...shut, ...(await loaded(database.url, staged, { root, staging, ids }))];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof BrandFileError)
      throw new CommandError(atHome(error.message, staging, root, sources), { cause: error });
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** What this state of a brand would cut off here, in lines; null where nothing was ever started. */
export async function machinesShut(
  { brand, catalogue }: BrandFolder,
  dataDir: string | undefined,
): Promise<string[] | null> {
  const database = await openedHere(dataDir);
  if (!database) return null;
  try {
    const ours = Brands.load(brandsDirOf()).all.find(({ id }) => id === brand.id);
    return ours ? await cutOff(database.url, ours, catalogue) : [];
  } finally {
    await database.close();
  }
}

/** Null where nothing was ever started. */
function openedHere(dataDir: string | undefined) {
  return openDatabase(dataDirOf(dataDir)).catch((error: unknown) => {
    if (error instanceof CommandError) return null;
    throw error;
  });
}

interface Source {
  dir: string;
  id: string;
}

function foldersIn(from: string): Source[] {
  const dir = resolve(from);
  const isBrand = (folder: string) => existsSync(join(folder, 'brand.yaml'));
  const inside = existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : [];
  const found = isBrand(dir) ? [dir] : inside.filter(isBrand);
  if (found.length === 0) throw new CommandError(`there is no brand in ${from}`);
  return found.map((folder) => {
    try {
      return { dir: folder, id: readYaml(join(folder, 'brand.yaml'), brandFile).id };
    } catch (error) {
      if (error instanceof BrandFileError) throw new CommandError(error.message, { cause: error });
      throw error;
    }
  });
}

/** All brands as they would stand, in a folder of their own: those that are there, and the new ones over them. */
function stage(root: string, staging: string, sources: Source[]): string[] {
  for (const { name } of readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory()))
    if (!name.startsWith('.')) cpSync(join(root, name), join(staging, name), { recursive: true });
  for (const { dir, id } of sources) {
    rmSync(join(staging, id), { recursive: true, force: true });
    for (const file of FILES)
      if (existsSync(join(dir, file)))
        cpSync(join(dir, file), join(staging, id, file), { dereference: true });
  }
  return sources.map(({ id }) => id);
}

function checked(staging: string, root: string, sources: Source[]): Brands {
  try {
    const brands = Brands.load(staging);
    for (const { dir } of brands.all) readBrandFolder(dir);
    return brands;
  } catch (error) {
    if (error instanceof BrandFileError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CommandError(atHome((error as Error).message, staging, root, sources), { cause: error });
    throw error;
  }
}

/** A message names the operator's own files, not our copies. */
function atHome(message: string, staging: string, root: string, sources: Source[]): string {
  const own = sources.reduce((text, { dir, id }) => text.replaceAll(join(staging, id), dir), message);
  return own.replaceAll(staging, root);
}

/** What the folder changes for customers. */
function placed(root: string, staging: string, id: string): string[] {
  const next = join(staging, id);
  const same = (file: string) =>
    existsSync(join(root, id, file)) &&
    readFileSync(join(root, id, file)).equals(readFileSync(join(next, file)));
  if (FILES.every(same)) return [`${id}: as it was.`];
  if (!existsSync(join(root, id))) return [`${id}: added.`];
  const changes = brandDiff(readBrandFolder(join(root, id)), readBrandFolder(next));
  return [`${id}: updated.`, ...changes.map((line) => `  ${line}`)];
}

/** Into the database and into place, or neither: what extends a changed brand is loaded anew with it. */
async function loaded(
  url: string,
  staged: Brands,
  where: { root: string; staging: string; ids: string[] },
): Promise<string[]> {
  const { db, close } = connect(url, 2);
  const bus = new Bus();
  revisionsListens(bus);
  pricesListens(bus);
  try {
    return await transact(db, async (tx) => {
      const lines: string[] = [];
      for (const brand of staged.all)
        lines.push(...(await loadOne(tx, commandCtx(brand, 'brand load', bus))));
      for (const id of where.ids) brandPlace(where.root, where.staging, id);
      await signal(tx, 'brands');
      return [...lines, 'A deployment that runs has read its brands again.'];
    });
  } finally {
    await close();
  }
}

async function loadOne(tx: Tx, ctx: Ctx): Promise<string[]> {
  const terms = await termsLoad(tx, ctx);
  await catalogueLoad(tx, ctx);
  await tariffsLoad(tx, ctx);
  return said(ctx.brand, terms);
}

function said({ id, zone }: Brand, { as, version, effectiveAt }: TermsLoaded): string[] {
  const from = wallClock(effectiveAt, zone);
  if (as === 'first') return [`${id}: terms ${version} hold from now on.`];
  if (as === 'revision') return [`${id}: terms ${version} are announced and hold from ${from} (${zone}).`];
  return as === 'reading' ? [`${id}: more figures are read from terms ${version}; nobody is asked.`] : [];
}

/** The folder takes its place; if this is cut between the two, `brandsRestore` puts the old one back. */
function brandPlace(root: string, staging: string, id: string): void {
  const place = join(root, id);
  const previous = join(root, `.${basename(id)}.previous`);
  rmSync(previous, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, previous);
  renameSync(join(staging, id), place);
  rmSync(previous, { recursive: true, force: true });
}
