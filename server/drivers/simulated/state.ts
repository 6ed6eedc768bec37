import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { InstanceSpec, PowerState } from '#modules/compute/driver.ts';

export interface SimulatedInstance {
  spec: InstanceSpec;
  /** Of the spec that was last applied in full. */
  digest: string;
  power: PowerState;
  /** Reads of `samples` while it ran since its last start: what its figures grow by. */
  ticks: number;
}

/** The instances of a simulated node, in memory and, with a file, across restarts. */
export class SimulatedState {
  readonly instances: Map<string, SimulatedInstance>;
  readonly #file: string | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
    this.instances = new Map(file ? load(file) : []);
  }

  save(): void {
    if (!this.#file) return;
    const temporary = `${this.#file}.${process.pid}.new`;
    writeFileSync(temporary, JSON.stringify([...this.instances.values()]), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }
}

function load(file: string): [string, SimulatedInstance][] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return (JSON.parse(text) as SimulatedInstance[]).map((one) => [one.spec.name, one]);
}
