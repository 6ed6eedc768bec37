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

/** Instances by name. */
export type Instances = Map<string, SimulatedInstance>;

/** The books of a simulated node: in memory, or in a file, which is then read anew each time. */
export class SimulatedState {
  readonly #file: string | undefined;
  #memory: Instances = new Map();

  constructor(file: string | undefined) {
    this.#file = file;
  }

  read(): Instances {
    return this.#file ? new Map(load(this.#file)) : this.#memory;
  }

  write(instances: Instances): void {
    if (!this.#file) {
      this.#memory = instances;
      return;
    }
    const temporary = `${this.#file}.${process.pid}.new`;
    writeFileSync(temporary, JSON.stringify([...instances.values()]), { mode: 0o600 });
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
