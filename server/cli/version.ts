import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of package.json, e.g. "0.1.0". */
export async function projectVersion(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
