import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The two daemons that can be the hypervisor of this machine. They part in names only; Incus is what Debian 13
 * and Ubuntu 24.04 package. (Incus is written from its documentation: the machines that this is built on have LXD.)
 */
export interface Flavour {
  name: 'lxd' | 'incus';
  daemon: string;
  /** Environment variable with the daemon's directory. */
  directoryVariable: 'LXD_DIR' | 'INCUS_DIR';
  /** `daemon … shutdown` in LXD; Incus has a program of its own for it. */
  shutdown: string[];
}

const lxd: Flavour = {
  name: 'lxd',
  daemon: 'lxd',
  directoryVariable: 'LXD_DIR',
  shutdown: ['lxd', 'shutdown'],
};
const incus: Flavour = {
  name: 'incus',
  daemon: 'incusd',
  directoryVariable: 'INCUS_DIR',
  shutdown: ['incusd', 'shutdown'],
};

/** System folders too: root's PATH lacks them after a plain `su`. Debian keeps incusd in libexec. */
export const programPath = [
  ...new Set([
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
    '/usr/libexec/incus',
    '/opt/incus/bin',
  ]),
]
  .filter((folder) => folder !== '')
  .join(delimiter);

export function findProgram(name: string): string | null {
  const found = programPath.split(delimiter).map((folder) => join(folder, name));
  return found.find((file) => existsSync(file)) ?? null;
}

/** LXD where it is installed, else Incus, else null. */
export function installedFlavour(): Flavour | null {
  return [lxd, incus].find((flavour) => findProgram(flavour.daemon)) ?? null;
}
