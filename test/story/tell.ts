import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cloudpact = join(import.meta.dirname, '../../cloudpact');

/** Tells a brand's story without a hypervisor: it ends well, and has a line for each of these. */
export async function told(brand: string, lines: readonly RegExp[]): Promise<void> {
  const options = { timeout: 480_000, maxBuffer: 8 * 1024 * 1024 };
  const { stdout } = await run(cloudpact, ['story', brand, '--simulated'], options);
  for (const line of lines) assert.match(stdout, line);
  assert.match(stdout, /The story went as the terms say\./);
}
