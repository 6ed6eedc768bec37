import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type FlavourName = 'lxd' | 'incus';

/** The two daemons that can be the hypervisor of this machine. They part in names only. */
export interface Flavour {
  name: FlavourName;
  daemon: string;
  /** Environment variable with the daemon's directory. */
  directoryVariable: 'LXD_DIR' | 'INCUS_DIR';
  /** And with the folder of LXC's settings for all containers. */
  templateVariable: 'LXD_LXC_TEMPLATE_CONFIG' | 'INCUS_LXC_TEMPLATE_CONFIG';
  /** Stops instances and daemon; takes `--timeout SECONDS`. */
  shutdown: [string, ...string[]];
}

const flavours: Record<FlavourName, Flavour> = {
  lxd: {
    name: 'lxd',
    daemon: 'lxd',
    directoryVariable: 'LXD_DIR',
    templateVariable: 'LXD_LXC_TEMPLATE_CONFIG',
    shutdown: ['lxd', 'shutdown'],
  },
  incus: {
    name: 'incus',
    daemon: 'incusd',
    directoryVariable: 'INCUS_DIR',
    templateVariable: 'INCUS_LXC_TEMPLATE_CONFIG',
    shutdown: ['incus', 'admin', 'shutdown'],
  },
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

/** A choice by the operator that can't be followed. */
export class FlavourError extends Error {}

/** What the operator asks for by CLOUDPACT_HYPERVISOR; null when it's left to us. */
export function wantedFlavour(): FlavourName | null {
  const wanted = process.env.CLOUDPACT_HYPERVISOR;
  if (!wanted) return null;
  if (wanted === 'lxd' || wanted === 'incus') return wanted;
  throw new FlavourError(`CLOUDPACT_HYPERVISOR is "${wanted}"; it can be lxd or incus`);
}

/** The flavour of that name if it's installed; without a name the one asked for, or LXD before Incus. */
export function installedFlavour(name: FlavourName | null = wantedFlavour()): Flavour | null {
  const candidates = name === null ? [flavours.lxd, flavours.incus] : [flavours[name]];
  return candidates.find((flavour) => findProgram(flavour.daemon)) ?? null;
}
