/**
 * Says by its exit code whether node_modules holds just what package-lock.json asks for (0) or not (1).
 * The launcher asks when the lock file has changed since it last installed: `npm install` by hand, or a `git pull`
 * that touched only what is installed anyway, is no reason to install everything again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  version?: string;
  integrity?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  link?: boolean;
}

type Packages = Record<string, LockedPackage>;

/** Optional packages of other platforms are left out by npm. */
function belongsHere(locked: LockedPackage): boolean {
  if (locked.libc !== undefined) return false;
  const fits = (list: string[] | undefined, mine: string) =>
    list === undefined ||
    list.includes(mine) ||
    (list[0]?.startsWith('!') === true && !list.includes(`!${mine}`));
  return fits(locked.os, process.platform) && fits(locked.cpu, process.arch);
}

/** @param wanted of package-lock.json @param present of node_modules/.package-lock.json, which npm keeps */
export function packagesMatch(wanted: Packages, present: Packages): boolean {
  const same = (path: string) =>
    wanted[path]?.version === present[path]?.version && wanted[path]?.integrity === present[path]?.integrity;
  const needed = Object.entries(wanted).filter(
    ([path, locked]) => path !== '' && (!locked.optional || (locked.os !== undefined && belongsHere(locked))),
  );
  return needed.every(([path]) => path in present && same(path)) && Object.keys(present).every(same);
}

function packagesOf(path: string): Packages {
  return (JSON.parse(readFileSync(path, 'utf8')) as { packages: Packages }).packages;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..');
  const matching = packagesMatch(
    packagesOf(join(root, 'package-lock.json')),
    packagesOf(join(root, 'node_modules/.package-lock.json')),
  );
  process.exitCode = matching ? 0 : 1;
}
