import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { buildImage } from './image-build.ts';
import { recipeDigest } from './image-recipe.ts';
import { lxdApi, lxdFind } from './lxd-api.ts';
import { lock } from './supervise-lock.ts';

export interface ImageOptions extends BuiltImageOptions {
  socketPath: string;
  /** Storage pool that the image is unpacked into ahead of the first order. */
  pool?: string;
}

export interface BuiltImageOptions {
  alias?: string;
  /** Where built images are kept, to be shared by all data directories of the machine. */
  cacheDir?: string;
  log: (line: string) => void;
  cancelled?: AbortSignal | undefined;
}

interface Image {
  fingerprint: string;
  properties: Record<string, string>;
}

const defaultAlias = 'debian-12';
const sharedCache = '/var/cache/cloudpact';
/** Properties of an image in the daemon: from which recipe, and that it's unpacked and can be launched. */
const recipeProperty = 'cloudpact.recipe';
const readyProperty = 'cloudpact.ready';

/**
 * Makes sure that the daemon has our Debian 12 image: builds it once for the machine (about a minute, needs
 * root, debootstrap and a Debian mirror), imports and unpacks it (seconds), or finds it there.
 * @returns what was done, in words.
 */
export async function ensureImage(options: ImageOptions): Promise<string> {
  const { socketPath, alias = defaultAlias, log } = options;
  const digest = recipeDigest();
  const current = await aliasTarget(socketPath, alias);
  if (current?.properties[recipeProperty] === digest && current.properties[readyProperty])
    return 'there already';

  const { file, built } = await imageFile(options);
  const held = await lock(`${socketPath}.image-lock`);
  try {
    const again = await aliasTarget(socketPath, alias);
    if (again?.properties[recipeProperty] === digest && again.properties[readyProperty])
      return 'there already';
    log('importing');
    const image = await importImage(socketPath, file, digest);
    log('unpacking');
    await unpack(socketPath, options.pool ?? 'default', image);
    await pointAlias(socketPath, alias, image);
    if (again && again.fingerprint !== image)
      await lxdApi(socketPath, `/1.0/images/${again.fingerprint}`, { method: 'DELETE' });
  } finally {
    held.release();
  }
  return built ? 'built and imported' : 'imported';
}

/** The archive that daemons import. One process of the machine builds it; the others wait and find it done. */
export async function imageFile(options: BuiltImageOptions): Promise<{ file: string; built: boolean }> {
  const { alias = defaultAlias, cacheDir = sharedCache } = options;
  const file = path.join(cacheDir, `${alias}-${recipeDigest()}.tar`);
  if (existsSync(file)) return { file, built: false };
  const held = await lock(`${file}.lock`, 500);
  try {
    if (existsSync(file)) return { file, built: false };
    await buildImage(file, options);
    return { file, built: true };
  } finally {
    held.release();
  }
}

async function aliasTarget(socketPath: string, alias: string): Promise<Image | null> {
  const found = await lxdFind<{ target: string }>(socketPath, `/1.0/images/aliases/${alias}`);
  return found && (await lxdFind<Image>(socketPath, `/1.0/images/${found.target}`));
}

/** @returns the fingerprint */
async function importImage(socketPath: string, file: string, digest: string): Promise<string> {
  // Leavings of an import that was cut short, perhaps with a half-unpacked volume.
  const images = await lxdApi<Image[]>(socketPath, '/1.0/images?recursion=1');
  for (const one of images.filter((image) => image.properties[recipeProperty] === digest)) {
    await lxdApi(socketPath, `/1.0/images/${one.fingerprint}`, { method: 'DELETE' });
  }
  const { size } = await stat(file);
  const properties = new URLSearchParams({ [recipeProperty]: digest }).toString();
  const common = { filename: path.basename(file), public: '0', properties };
  const headers = Object.fromEntries(
    Object.entries(common).flatMap(([name, value]) => [
      [`X-LXD-${name}`, value],
      [`X-Incus-${name}`, value],
    ]),
  );
  const made = await lxdApi<{ fingerprint: string }>(socketPath, '/1.0/images', {
    method: 'POST',
    file: { stream: createReadStream(file), size, headers },
    timeoutMs: 300_000,
  });
  return made.fingerprint;
}

/** The daemon unpacks an image at its first use; the first customer shouldn't have to wait for that. */
async function unpack(socketPath: string, pool: string, fingerprint: string): Promise<void> {
  const name = `warm-${fingerprint.slice(0, 12)}`;
  if (await lxdFind(socketPath, `/1.0/instances/${name}`)) {
    await lxdApi(socketPath, `/1.0/instances/${name}`, { method: 'DELETE' });
  }
  const body = {
    name,
    type: 'container',
    profiles: [],
    devices: { root: { type: 'disk', path: '/', pool } },
    source: { type: 'image', fingerprint },
  };
  await lxdApi(socketPath, '/1.0/instances', { method: 'POST', body });
  await lxdApi(socketPath, `/1.0/instances/${name}`, { method: 'DELETE' });
  const image = await lxdApi<Image>(socketPath, `/1.0/images/${fingerprint}`);
  const properties = { ...image.properties, [readyProperty]: 'true' };
  await lxdApi(socketPath, `/1.0/images/${fingerprint}`, { method: 'PATCH', body: { properties } });
}

async function pointAlias(socketPath: string, alias: string, target: string): Promise<void> {
  const path = `/1.0/images/aliases/${alias}`;
  if (await lxdFind(socketPath, path))
    await lxdApi(socketPath, path, { method: 'PUT', body: { target, description: '' } });
  else await lxdApi(socketPath, '/1.0/images/aliases', { method: 'POST', body: { name: alias, target } });
}
